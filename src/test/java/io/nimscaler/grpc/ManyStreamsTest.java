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
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

/** KEDA keeps one connection per address, and on it one open stream per ScaledObject of type external-push. */
@QuarkusTest
@QuarkusTestResource(NimPods.class)
class ManyStreamsTest {

    /** Over all connections, see {@code server.CallGate}. */
    private static final int MOST_STREAMS = 3_000;

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

    /** While a call is open its message is kept; half of the shipped heap is free for that. */
    @Test
    void asManyStreamsAsThereMayBeWithLongMessagesFitIntoTheShippedHeap() throws Exception {
        int port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
        ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .build();
        ScaledObjectRef.Builder large = ScaledObjectRef.newBuilder(REF);
        for (String key : List.of("caCert", "tlsClientCert", "tlsClientKey")) {
            large.putScalerMetadata(key, "x".repeat(4_000));
        }
        long before = usedBytes();
        try {
            AtomicInteger told = new AtomicInteger();
            AtomicInteger failed = new AtomicInteger();
            for (int i = 0; i < MOST_STREAMS; i++) {
                ExternalScalerGrpc.newStub(channel).streamIsActive(large.build(), counting(told, failed));
            }
            await().atMost(Duration.ofSeconds(90))
                    .untilAsserted(() -> assertThat(told).hasValue(MOST_STREAMS));
            assertThat(failed).hasValue(0);
            assertThat(usedBytes() - before).isLessThan(77_000_000);
        } finally {
            channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    private static long usedBytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
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
