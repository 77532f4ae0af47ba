package io.nimscaler.e2e.scenario;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.nimscaler.e2e.Scaler;
import io.nimscaler.grpc.proto.ExternalScalerGrpc;
import io.nimscaler.grpc.proto.GetMetricsRequest;
import io.nimscaler.grpc.proto.GetMetricsResponse;
import io.nimscaler.grpc.proto.IsActiveResponse;
import io.nimscaler.grpc.proto.ScaledObjectRef;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM to the process by itself, without a cluster: who has called gets an answer, and then it is gone. */
class EndsAtOnce {

    private static final ScaledObjectRef LLM = ScaledObjectRef.newBuilder()
            .setNamespace("nim")
            .setName("llm")
            .putScalerMetadata("targetValue", "0.70")
            .build();

    @TempDir
    private Path folder;

    @Test
    void withItsStreamsCompletedAndItsCallsAnswered() throws Exception {
        int port = freePort();
        Process process = start(port);
        ManagedChannel channel = Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create())
                .build();
        try {
            var calls = ExternalScalerGrpc.newStub(channel);
            var blocking = ExternalScalerGrpc.newBlockingStub(channel);
            await().atMost(ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> blocking.getMetricSpec(LLM).getMetricSpecsCount() == 1);
            // Given streams that never end by themselves, and calls that wait for what is not known
            List<Answer<IsActiveResponse>> streams =
                    Stream.generate(Answer<IsActiveResponse>::new).limit(20).toList();
            streams.forEach(stream -> calls.streamIsActive(LLM, stream));
            List<Answer<GetMetricsResponse>> waiting =
                    Stream.generate(Answer<GetMetricsResponse>::new).limit(50).toList();
            waiting.forEach(call -> calls.getMetrics(
                    GetMetricsRequest.newBuilder().setScaledObjectRef(LLM).build(), call));
            // A round trip later than these
            blocking.getMetricSpec(LLM);

            // When
            long began = System.nanoTime();
            process.destroy();

            // Then
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(ofSeconds(2));
            assertThat(streams).allSatisfy(stream -> assertThat(stream.code()).isEqualTo(Status.Code.OK));
            assertThat(waiting).allSatisfy(call -> assertThat(call.code()).isEqualTo(Status.Code.NOT_FOUND));
        } finally {
            channel.shutdownNow();
            process.destroyForcibly();
        }
    }

    /** How a call or a stream ended. */
    private static final class Answer<R> implements StreamObserver<R> {

        private final CompletableFuture<Status.Code> code = new CompletableFuture<>();

        Status.Code code() {
            return code.orTimeout(5, TimeUnit.SECONDS).join();
        }

        @Override
        public void onNext(R value) {}

        @Override
        public void onError(Throwable trouble) {
            code.complete(Status.fromThrowable(trouble).getCode());
        }

        @Override
        public void onCompleted() {
            code.complete(Status.Code.OK);
        }
    }

    private Process start(int port) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Scaler.command())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("scaler.log").toFile());
        builder.environment()
                .putAll(Map.of(
                        "QUARKUS_HTTP_PORT", Integer.toString(port),
                        "QUARKUS_MANAGEMENT_PORT", Integer.toString(freePort()),
                        "NIM_SCALER_KUBERNETES_ENABLED", "false"));
        return builder.start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
