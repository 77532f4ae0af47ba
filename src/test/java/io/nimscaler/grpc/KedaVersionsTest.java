package io.nimscaler.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.nimscaler.exposition.SampleLine;
import io.nimscaler.grpc.proto.GetMetricSpecResponse;
import io.nimscaler.grpc.proto.GetMetricsRequest;
import io.nimscaler.grpc.proto.GetMetricsResponse;
import io.nimscaler.grpc.proto.MetricSpec;
import io.nimscaler.grpc.proto.MetricValue;
import io.nimscaler.grpc.proto.ScaledObjectRef;
import io.nimscaler.hpa.HpaFormula;
import io.nimscaler.policy.Scale;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.scaler.Observation;
import io.nimscaler.scaler.Pod;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Scalers;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.wake.WakeSources;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** From pods to replicas: whichever KEDA carries our answers to the HPA, the HPA ends with the same replicas. */
class KedaVersionsTest {

    private static final ScaledObjectId ID = new ScaledObjectId("nim", "llm");
    private static final Instant LONG_AGO = Instant.parse("2025-12-31T00:00:00Z");
    private static final Map<String, String> IMMEDIATE =
            Map.of("smoothingUp", "0s", "smoothingDown", "0s", "downscaleStabilizationWindow", "0s");

    /** One fleet and the service that answers for it. */
    private static final class World {

        private final Map<String, String> metadata = new HashMap<>(IMMEDIATE);
        private final List<Pod> pods = new ArrayList<>();
        private final Map<String, OptionalDouble> values = new HashMap<>();
        private Scale scale;
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        World(String targetValue, int spec, int status) {
            metadata.putAll(Map.of("metric", "load", "targetValue", targetValue));
            scale = new Scale(spec, status);
        }

        World key(String key, String value) {
            metadata.put(key, value);
            return this;
        }

        World ready(int number, double value) {
            return pods(number, true, OptionalDouble.of(value));
        }

        World missing(int number) {
            return pods(number, true, OptionalDouble.empty());
        }

        World starting(int number) {
            return pods(number, false, OptionalDouble.empty());
        }

        private World pods(int number, boolean ready, OptionalDouble value) {
            for (int i = 0; i < number; i++) {
                String name = "10.0.0." + pods.size();
                pods.add(new Pod(
                        name,
                        name,
                        Pod.Access.at(Optional.of(name), Map.of()),
                        ready ? Pod.Startup.ready(now, LONG_AGO) : Pod.Startup.starting(now)));
                values.put(name, value);
            }
            return this;
        }

        /** The replicas with which the HPA ends. */
        long hpaEndsAt(KedaReading keda) {
            Trigger trigger = Triggers.with(metadata.entrySet().stream()
                    .flatMap(entry -> Stream.of(entry.getKey(), entry.getValue()))
                    .toArray(String[]::new));
            int ready = (int) pods.stream().filter(Pod::ready).count();
            Scalers scalers = new Scalers(
                    (_, _) -> new Observation.Known(scale, ready, pods),
                    (request, done) ->
                            done.accept(scraped(values.getOrDefault(request.host(), OptionalDouble.empty()))),
                    WakeSources.none(),
                    GpuExporters.none(),
                    _ -> {});
            scalers.put(ID, List.of(trigger), false, now);
            for (int i = 0; i < 20; i++) {
                now = now.plusMillis(500);
                scalers.tick(ID, now);
            }
            ExternalScalerService service =
                    new ExternalScalerService(new SnapshotLookup(scalers, NoControl.INSTANCE, () -> now), scalers);
            ScaledObjectRef ref = ScaledObjectRef.newBuilder()
                    .setNamespace("nim")
                    .setName("llm")
                    .putAllScalerMetadata(metadata)
                    .build();
            HpaFormula hpa = new HpaFormula(trigger.stabilization().tolerance());
            long target = keda.targetMilli(spec(service, ref));
            long value = keda.valueMilli(value(service, ref));
            return trigger.aggregationType().isPerPod()
                    ? hpa.value(value, target, scale.spec(), ready)
                    : hpa.averageValue(value, target, scale.status());
        }

        private static ScrapeResult scraped(OptionalDouble value) {
            return value.isEmpty()
                    ? new ScrapeResult.Failed(ScrapeFailure.CANNOT_CONNECT, "connection refused")
                    : new ScrapeResult.Scraped(
                            List.of(new SampleLine("load", Map.of(), value.getAsDouble(), OptionalLong.empty())));
        }

        private static MetricSpec spec(ExternalScalerService service, ScaledObjectRef ref) {
            return onTheWire(service.getMetricSpec(ref).await().indefinitely()).getMetricSpecs(0);
        }

        private static MetricValue value(ExternalScalerService service, ScaledObjectRef ref) {
            GetMetricsRequest request =
                    GetMetricsRequest.newBuilder().setScaledObjectRef(ref).build();
            return onTheWire(service.getMetrics(request).await().indefinitely()).getMetricValues(0);
        }

        private static GetMetricSpecResponse onTheWire(GetMetricSpecResponse answer) {
            try {
                return GetMetricSpecResponse.parseFrom(answer.toByteArray());
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        }

        private static GetMetricsResponse onTheWire(GetMetricsResponse answer) {
            try {
                return GetMetricsResponse.parseFrom(answer.toByteArray());
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static World fleet(int spec) {
        return new World("0.70", spec, spec);
    }

    static Stream<Arguments> rules() {
        return Stream.of(
                Arguments.of("too much load", fleet(3).ready(3, .95), 5),
                Arguments.of("too little load", fleet(4).ready(4, .1), 1),
                Arguments.of("no load at all", fleet(4).ready(4, 0), 0),
                Arguments.of("a load that is just right", fleet(4).ready(4, .7), 4),
                Arguments.of("a load within the tolerance", fleet(4).ready(4, .76), 4),
                Arguments.of("one pod starts", fleet(3).ready(2, .65).starting(1), 3),
                Arguments.of(
                        "two start and the others are full",
                        fleet(4).ready(2, 1).starting(2),
                        4),
                Arguments.of("all start", fleet(4).starting(4), 4),
                Arguments.of("one is missing", fleet(4).ready(3, .6).missing(1), 4),
                Arguments.of("two are missing", fleet(4).ready(2, .9).missing(2), 4),
                Arguments.of("even lo asks for more", fleet(3).ready(2, 1.3).starting(1), 4),
                Arguments.of("even hi asks for fewer", fleet(5).ready(4, .1).missing(1), 2),
                Arguments.of("all are missing", fleet(4).missing(4), 4),
                Arguments.of("a surge pod", new World("0.70", 4, 5).ready(5, .95 * .7 * 4 / 5), 4),
                Arguments.of("pods that the watch does not show", new World("0.70", 10, 4).ready(4, 1), 10));
    }

    static Stream<Arguments> rulesByKeda() {
        return Stream.of(KedaReading.values())
                .flatMap(keda -> rules().map(rule -> Arguments.of(rule.get()[0], keda, rule.get()[1], rule.get()[2])));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("rulesByKeda")
    void ruleHoldsWithEachKeda(String rule, KedaReading keda, World world, long replicas) {
        assertThat(world.hpaEndsAt(keda)).isEqualTo(replicas);
    }

    @ParameterizedTest(name = "{0}, {1}, metricType Value")
    @MethodSource("rulesByKeda")
    void ruleHoldsWithEachKedaByAverageAndMetricTypeValue(String rule, KedaReading keda, World world, long replicas) {
        assertThat(world.key("aggregationType", "average").hpaEndsAt(keda)).isEqualTo(replicas);
    }

    @ParameterizedTest
    @EnumSource
    void totalThatFillsSomeReplicasExactlyAsksForNoneMore(KedaReading keda) {
        // The edge of ceil(V/T): one thousandth more would be one replica more
        for (String target :
                List.of("0.01", "0.07", "0.29", "0.7", "0.9", "1.1", "7", "12.345", "1800", "123456.789")) {
            for (int replicas : new int[] {3, 7, 13, 99}) {
                World world = new World(target, 1, 1).ready(1, Double.parseDouble(target) * replicas);
                assertThat(world.hpaEndsAt(keda))
                        .as("%d times %s", replicas, target)
                        .isEqualTo(replicas);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void randomLoadsEndAtTheReplicasThatTheirSumAsksFor(KedaReading keda) {
        Random random = new Random(11);
        for (int i = 0; i < 300; i++) {
            int pods = 1 + random.nextInt(8);
            double each = random.nextInt(3000) / 1000.0;
            long target = 10 + random.nextInt(2000);
            World world = new World(Double.toString(target / 1000.0), pods, pods).ready(pods, each);
            long wanted = new HpaFormula(.1).averageValue(Math.round(each * pods * 1000), target, pods);
            assertThat(world.hpaEndsAt(keda))
                    .as("%d pods at %s of %d thousandths", pods, each, target)
                    .isEqualTo(wanted);
        }
    }
}
