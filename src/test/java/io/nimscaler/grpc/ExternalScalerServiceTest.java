package io.nimscaler.grpc;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.nimscaler.app.NimPods;
import io.nimscaler.grpc.proto.ExternalScalerGrpc;
import io.nimscaler.grpc.proto.GetMetricSpecResponse;
import io.nimscaler.grpc.proto.GetMetricsRequest;
import io.nimscaler.grpc.proto.MetricSpec;
import io.nimscaler.grpc.proto.MetricValue;
import io.nimscaler.grpc.proto.ScaledObjectRef;
import io.nimscaler.hpa.HpaFormula;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** KEDA's four calls over a real channel, on pods that are really asked. */
@QuarkusTest
@QuarkusTestResource(NimPods.class)
class ExternalScalerServiceTest {

    private static final Map<String, String> METADATA = Map.of("targetValue", "0.70", "port", "metrics");

    private ManagedChannel channel;
    private ExternalScalerGrpc.ExternalScalerBlockingStub keda;

    @BeforeEach
    void connect() {
        int port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
        channel = ManagedChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .build();
        keda = ExternalScalerGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void disconnect() throws InterruptedException {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }

    private static ScaledObjectRef ref(String name, Map<String, String> metadata) {
        return ScaledObjectRef.newBuilder()
                .setNamespace("default")
                .setName(name)
                .putAllScalerMetadata(metadata)
                .putScalerMetadata("scalerAddress", "keda-nim-scaler.keda-nim-scaler:9090")
                .build();
    }

    private MetricValue metric(Map<String, String> metadata) {
        return keda.getMetrics(GetMetricsRequest.newBuilder()
                        .setMetricName("whatever-keda-calls-it")
                        .setScaledObjectRef(ref("llm", metadata))
                        .build())
                .getMetricValues(0);
    }

    private static Status status(ThrowingCallable call) {
        Status[] status = new Status[1];
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, e -> status[0] = e.getStatus());
        return status[0];
    }

    @Test
    void metricSpecCarriesTheTargetValueForOldAndNewKedas() {
        MetricSpec spec = keda.getMetricSpec(ref("llm", METADATA)).getMetricSpecs(0);
        assertThat(spec.getMetricName()).isEqualTo("gpu_cache_usage_perc");
        assertThat(spec.getTargetSize()).isEqualTo(700);
        assertThat(Math.round(spec.getTargetSizeFloat() * 1000)).isEqualTo(700);
        assertThat((long) (spec.getTargetSizeFloat() * 1000)).isEqualTo(700);
    }

    @Test
    void metricSpecNeedsNothingButTheMetadata() {
        assertThat(keda.getMetricSpec(ref("nobody-knows-it", METADATA)).getMetricSpecsCount())
                .isEqualTo(1);
    }

    @Test
    void metricIsTheFleetsDemandForOldAndNewKedas() {
        await().atMost(Duration.ofSeconds(15)).ignoreExceptions().untilAsserted(() -> {
            MetricValue value = metric(METADATA);
            // 2 · 0.3845 is less than 2 · 0.70, and the downscale window is not full: held at 2 replicas
            assertThat(value.getMetricValue()).isEqualTo(1400);
            assertThat(value.getMetricValueFloat()).isCloseTo(1.4, within(.001));
            assertThat((long) (value.getMetricValueFloat() * 1000)).isEqualTo(1400);
            assertThat(value.getMetricName()).isEqualTo("whatever-keda-calls-it");
        });
    }

    @ParameterizedTest
    @EnumSource
    void eachKedaReadsTheSameOffTheWire(KedaReading version) {
        await().atMost(Duration.ofSeconds(15)).ignoreExceptions().untilAsserted(() -> {
            long target =
                    version.targetMilli(keda.getMetricSpec(ref("llm", METADATA)).getMetricSpecs(0));
            long value = version.valueMilli(metric(METADATA));
            assertThat(new HpaFormula(.1).averageValue(value, target, 2)).isEqualTo(2);
            assertThat(value).isEqualTo(2 * target);
        });
    }

    /** KEDA 2.21 asks for a stream of target values; ours depends on the metadata alone, and this answer makes KEDA poll. */
    @Test
    void streamOfTargetValuesIsUnimplemented() {
        MethodDescriptor<ScaledObjectRef, GetMetricSpecResponse> streamMetricSpec =
                ExternalScalerGrpc.getGetMetricSpecMethod().toBuilder()
                        .setFullMethodName("externalscaler.ExternalScaler/StreamMetricSpec")
                        .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
                        .build();
        var answers = ClientCalls.blockingServerStreamingCall(
                channel,
                streamMetricSpec,
                CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                ref("llm", METADATA));
        assertThat(status(answers::hasNext).getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    @Test
    void shadowChangesNothingOfWhatKedaIsTold() {
        Map<String, String> metadata = new HashMap<>(METADATA);
        metadata.putAll(Map.of("shadow.targetValue", "0.10", "shadow.downscaleStabilizationWindow", "0s"));
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions().untilAsserted(() -> {
            keda = keda.withDeadlineAfter(20, TimeUnit.SECONDS);
            assertThat(metric(metadata).getMetricValue()).isEqualTo(1400);
            assertThat(keda.getMetricSpec(ref("llm", metadata)).getMetricSpecsList())
                    .singleElement()
                    .extracting(MetricSpec::getTargetSize)
                    .isEqualTo(700L);
            // 2 · 0.3845 / 0.10: the shadow asks for eight
            given().when()
                    .get("/api/scaled-objects/default/llm")
                    .then()
                    .body("find { it.shadow }.targetValue", equalTo(0.1f))
                    .body("find { it.shadow }.value", equalTo(0.769f))
                    .body("find { it.shadow }.hpaDesiredReplicas", equalTo(8));
        });
        metadata.put("shadow.targetValue", "nonsense");
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions().untilAsserted(() -> {
            keda = keda.withDeadlineAfter(20, TimeUnit.SECONDS);
            assertThat(metric(metadata)).isEqualTo(metric(METADATA));
        });
    }

    @Test
    void otherMetadataOfTheSameScaledObjectGetsAScalerOfItsOwnAtTheFirstCall() {
        Map<String, String> other =
                Map.of("targetValueFromEnv", "0.1", "port", "metrics", "smoothingUp", "0s", "pollInterval", "250ms");
        await().atMost(Duration.ofSeconds(15))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(metric(other).getMetricValue()).isEqualTo(769));
    }

    @Test
    void fleetAtWorkIsActive() {
        await().atMost(Duration.ofSeconds(15))
                .ignoreExceptions()
                .untilAsserted(
                        () -> assertThat(keda.isActive(ref("llm", METADATA)).getResult())
                                .isTrue());
    }

    @Test
    void streamSaysTheActivityAndEndsWhenTheClientCancels() {
        var stream = keda.streamIsActive(ref("llm", METADATA));
        assertThat(stream.next().getResult()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"getMetricSpec", "getMetrics", "isActive", "streamIsActive"})
    void wrongMetadataIsAnInvalidArgumentThatNamesItAll(String call) {
        ScaledObjectRef wrong = ref("llm", Map.of("targetValue", "70%", "polInterval", "1s"));
        Status status = status(() -> {
            switch (call) {
                case "getMetricSpec" -> keda.getMetricSpec(wrong);
                case "getMetrics" ->
                    keda.getMetrics(GetMetricsRequest.newBuilder()
                            .setScaledObjectRef(wrong)
                            .build());
                case "isActive" -> keda.isActive(wrong);
                default -> keda.streamIsActive(wrong).next();
            }
        });
        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDescription())
                .contains("default/llm", "targetValue = \"70%\": expected a number", "did you mean pollInterval?");
    }

    @Test
    void scaledObjectThatDoesNotExistIsNotFound() {
        assertThat(status(() -> keda.isActive(ref("nobody-knows-it", METADATA))).getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void emptyRequestIsAnInvalidArgument() {
        assertThat(status(() -> keda.getMetrics(GetMetricsRequest.getDefaultInstance()))
                        .getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void serviceReportsItsHealth() {
        assertThat(HealthGrpc.newBlockingStub(channel)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
    }
}
