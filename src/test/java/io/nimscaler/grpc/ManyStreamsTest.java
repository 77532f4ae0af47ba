package io.nimscaler.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.nimscaler.app.NimPods;
import io.nimscaler.grpc.proto.ExternalScalerGrpc;
import io.nimscaler.grpc.proto.IsActiveResponse;
import io.nimscaler.grpc.proto.ScaledObjectRef;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

/** KEDA keeps one connection per address, and on it one open stream per ScaledObject of type external-push. */
@QuarkusTest
@QuarkusTestResource(NimPods.class)
class ManyStreamsTest {

    private static final int STREAMS = 2_000;

    private static final ScaledObjectRef REF = ScaledObjectRef.newBuilder()
            .setNamespace("default")
            .setName("llm")
            .putScalerMetadata("targetValue", "0.70")
            .putScalerMetadata("port", "metrics")
            .build();

    @Test
    void openStreamsLeaveRoomForCallsOnTheSameConnection() throws Exception {
        int port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
        ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .build();
        try {
            AtomicInteger told = new AtomicInteger();
            AtomicInteger failed = new AtomicInteger();
            for (int i = 0; i < STREAMS; i++) {
                ExternalScalerGrpc.newStub(channel).streamIsActive(REF, counting(told, failed));
            }
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(told).hasValue(STREAMS));

            assertThat(ExternalScalerGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(10, TimeUnit.SECONDS)
                            .getMetricSpec(REF)
                            .getMetricSpecsCount())
                    .isEqualTo(1);
            assertThat(failed).hasValue(0);
        } finally {
            channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    private static StreamObserver<IsActiveResponse> counting(AtomicInteger told, AtomicInteger failed) {
        return new StreamObserver<>() {
            @Override
            public void onNext(IsActiveResponse response) {
                told.incrementAndGet();
            }

            @Override
            public void onError(Throwable trouble) {
                failed.incrementAndGet();
            }

            @Override
            public void onCompleted() {
                failed.incrementAndGet();
            }
        };
    }
}
