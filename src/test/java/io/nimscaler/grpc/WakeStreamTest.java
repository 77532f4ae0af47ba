package io.nimscaler.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.nimscaler.exposition.SampleLine;
import io.nimscaler.grpc.proto.GetMetricsRequest;
import io.nimscaler.grpc.proto.IsActiveResponse;
import io.nimscaler.grpc.proto.ScaledObjectRef;
import io.nimscaler.policy.Scale;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.scaler.Observation;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Scalers;
import io.nimscaler.trigger.Scheme;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.wake.WakeMetric;
import io.nimscaler.wake.WakeSource;
import io.nimscaler.wake.WakeSources;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What KEDA is told of a scale target that a wake source wakes. */
class WakeStreamTest {

    private static final ScaledObjectId ID = new ScaledObjectId("nim", "llm");

    private final Trigger trigger = Triggers.with("wakeSource", "gateway");
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private volatile Scale scale = new Scale(0, 0);
    private ScrapeResult gateway = waits(0);
    private final Scalers scalers = new Scalers(
            (_, _) -> new Observation.Known(scale, 0, List.of()),
            (_, done) -> done.accept(gateway),
            new WakeSources(List.of(new WakeSource(
                    "gateway",
                    Set.of("nim"),
                    Scheme.HTTP,
                    "gateway.nim",
                    9090,
                    "/metrics",
                    Optional.empty(),
                    Duration.ofSeconds(2),
                    WakeMetric.of("queue_size", "model_name", 0, false).orElseThrow()))),
            GpuExporters.none(),
            _ -> {});
    private final ExternalScalerService service =
            new ExternalScalerService(new SnapshotLookup(scalers, NoControl.INSTANCE, () -> now), scalers);

    private static ScrapeResult waits(double requests) {
        return new ScrapeResult.Scraped(
                List.of(new SampleLine("queue_size", Map.of(), requests, OptionalLong.empty())));
    }

    private static ScaledObjectRef ref(String namespace, String source) {
        return ScaledObjectRef.newBuilder()
                .setNamespace(namespace)
                .setName("llm")
                .putScalerMetadata("targetValue", "0.70")
                .putScalerMetadata("wakeSource", source)
                .build();
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds * 20; i++) {
            now = now.plusMillis(50);
            scalers.tick(ID, now);
            scalers.pollWakeSources(now);
        }
    }

    private boolean isActive() {
        return service.isActive(ref("nim", "gateway")).await().indefinitely().getResult();
    }

    private List<Boolean> listen() {
        List<Boolean> said = new CopyOnWriteArrayList<>();
        streams.add(service.streamIsActive(ref("nim", "gateway"))
                .map(IsActiveResponse::getResult)
                .subscribe()
                .with(said::add));
        return said;
    }

    private final List<Cancellable> streams = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        streams.forEach(Cancellable::cancel);
    }

    @Test
    void streamSaysDemandAndRepeatsItWhileNoReplicaIsWanted() {
        // Given
        scalers.put(ID, List.of(trigger), false, now);
        pass(5);
        List<Boolean> said = listen();
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(said).containsExactly(false));

        // When
        gateway = waits(3);
        pass(3);

        // Then
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(said).startsWith(false, true));
        assertThat(isActive()).isTrue();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(said).startsWith(false, true, true, true));
        assertThat(said).hasSizeLessThan(8);

        // A stream that KEDA opens anew is told at once
        List<Boolean> reopened = listen();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(reopened).startsWith(true));
    }

    @Test
    void streamIsNotToldAgainWhatItKnowsOnceReplicasAreWanted() {
        gateway = waits(3);
        scale = new Scale(1, 0);
        scalers.put(ID, List.of(trigger), false, now);
        pass(5);
        List<Boolean> said = listen();
        await().pollDelay(Duration.ofSeconds(7))
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(said).containsExactly(true));
    }

    @Test
    void sourceThatCanNotBeReadIsUnavailableWithItsReasonAndTheMetricIsNot() {
        gateway = new ScrapeResult.Failed(ScrapeFailure.CANNOT_CONNECT, "connection refused");
        scalers.put(ID, List.of(trigger), false, now);
        pass(20);
        assertThatThrownBy(this::isActive).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(e.getStatus().getDescription())
                    .isEqualTo("nim/llm: wake source gateway is unknown: cannot_connect: connection refused");
        });
        assertThat(service.getMetrics(GetMetricsRequest.newBuilder()
                                .setScaledObjectRef(ref("nim", "gateway"))
                                .build())
                        .await()
                        .indefinitely()
                        .getMetricValues(0)
                        .getMetricValue())
                .isZero();
    }

    @Test
    void nameThatItMayNotUseIsAnInvalidArgument() {
        assertThatThrownBy(
                        () -> service.isActive(ref("evil", "gateway")).await().indefinitely())
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
                    assertThat(e.getStatus().getDescription())
                            .isEqualTo("evil/llm: trigger metadata: wakeSource = \"gateway\": expected one of"
                                    + " nim-scaler.wake-sources that namespace evil may use");
                });
    }
}
