package io.nimscaler.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.nimscaler.grpc.proto.ExternalScalerGrpc;
import io.nimscaler.grpc.proto.IsActiveResponse;
import io.nimscaler.grpc.proto.ScaledObjectRef;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** gRPC calls that are compressed, too many, cancelled in masses or silent: KEDA's go on. */
@QuarkusTest
class CallGateTest {

    private static final ScaledObjectRef REF = ScaledObjectRef.newBuilder()
            .setNamespace("default")
            .setName("nobody")
            .putScalerMetadata("targetValue", "0.70")
            .build();

    @Inject
    Vertx vertx;

    @Inject
    CallGate gate;

    private final AtomicInteger ended = new AtomicInteger();
    private int port;
    private ManagedChannel channel;
    private HttpClient other;

    @BeforeEach
    void connect() {
        port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
        channel = ManagedChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .build();
        other = vertx.createHttpClient(
                new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false)
                        .setHttp2MultiplexingLimit(CallGate.MOST)
                        .setLocalAddress("127.0.0.2"),
                new PoolOptions().setHttp2MaxSize(1));
    }

    /** Whoever is gone counts no more. */
    @AfterEach
    void nothingIsLeft() throws Exception {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        other.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(gate.size()).isZero());
    }

    private void keda() {
        assertThat(ExternalScalerGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(20, TimeUnit.SECONDS)
                        .getMetricSpec(REF)
                        .getMetricSpecsCount())
                .isEqualTo(1);
    }

    private List<ClientCallStreamObserver<ScaledObjectRef>> openStreams(int number) {
        List<ClientCallStreamObserver<ScaledObjectRef>> open = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            ExternalScalerGrpc.newStub(channel)
                    .streamIsActive(REF, new ClientResponseObserver<ScaledObjectRef, IsActiveResponse>() {
                        @Override
                        public void beforeStart(ClientCallStreamObserver<ScaledObjectRef> call) {
                            open.add(call);
                        }

                        @Override
                        public void onNext(IsActiveResponse response) {}

                        @Override
                        public void onError(Throwable trouble) {
                            ended.incrementAndGet();
                        }

                        @Override
                        public void onCompleted() {
                            ended.incrementAndGet();
                        }
                    });
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(gate.size()).isEqualTo(number));
        return open;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "snappy", "identity, gzip", "GZIP"})
    void compressedCallIsRefusedBeforeAnythingIsInflated(String encoding) throws Exception {
        HttpClientResponse response = other.request(
                        HttpMethod.POST, port, "127.0.0.1", "/externalscaler.ExternalScaler/GetMetricSpec")
                .compose(request -> request.putHeader("content-type", "application/grpc")
                        .putHeader("grpc-encoding", encoding)
                        .send(Buffer.buffer(new byte[1_000])))
                .compose(answer -> answer.body().map(answer))
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.getHeader("grpc-status")).isEqualTo("12");
        assertThat(response.getHeader("grpc-accept-encoding")).isEqualTo("identity");
    }

    /** A flag without the header that goes with it: the gRPC server itself would throw, and write a stack trace for each. */
    @ParameterizedTest
    @ValueSource(strings = {"", "identity"})
    void messageThatSaysItIsCompressedAndNotHowIsReadAsItIs(String encoding) throws Exception {
        List<LogRecord> errors = new CopyOnWriteArrayList<>();
        Handler listener = listener(errors);
        Logger.getLogger("").addHandler(listener);
        try {
            byte[] message = REF.toByteArray();
            Buffer frame = Buffer.buffer()
                    .appendByte((byte) 1)
                    .appendInt(message.length)
                    .appendBytes(message);
            HttpClientResponse response = other.request(
                            HttpMethod.POST, port, "127.0.0.1", "/externalscaler.ExternalScaler/GetMetricSpec")
                    .compose(request -> {
                        request.putHeader("content-type", "application/grpc");
                        if (!encoding.isEmpty()) {
                            request.putHeader("grpc-encoding", encoding);
                        }
                        return request.send(frame);
                    })
                    .compose(answer -> answer.body().map(answer))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
            assertThat(response.getTrailer("grpc-status")).isEqualTo("0");
            assertThat(errors).isEmpty();
        } finally {
            Logger.getLogger("").removeHandler(listener);
        }
    }

    private static Handler listener(List<LogRecord> errors) {
        return new Handler() {
            @Override
            public void publish(LogRecord line) {
                if (line.getLevel().intValue() >= Level.SEVERE.intValue()) {
                    errors.add(line);
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    @Test
    void grpcClientThatCompressesIsTold() {
        ScaledObjectRef large = ScaledObjectRef.newBuilder(REF)
                .putScalerMetadata("metric", "x".repeat(1 << 20))
                .build();
        for (ScaledObjectRef ref : List.of(REF, large)) {
            assertThat(statusOf(() -> ExternalScalerGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(20, TimeUnit.SECONDS)
                            .withCompression("gzip")
                            .getMetricSpec(ref)))
                    .satisfies(status -> {
                        assertThat(status.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
                        assertThat(status.getDescription()).startsWith("grpc-encoding: expected identity");
                    });
        }
        keda();
    }

    private static Status statusOf(Runnable call) {
        try {
            call.run();
            return Status.OK;
        } catch (StatusRuntimeException refused) {
            return refused.getStatus();
        }
    }

    @Test
    void streamsThatAreCancelledInMassesLeaveTheOthersAlone() {
        List<ClientCallStreamObserver<ScaledObjectRef>> open = openStreams(2_000);
        open.subList(0, 1_500).forEach(call -> call.cancel("its ScaledObject is gone", null));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(gate.size()).isEqualTo(500));
        assertThat(ended).hasValue(1_500);
        keda();
    }

    /** Calls that are only half sent, by the address 127.0.0.2. */
    private List<HttpClientRequest> flood(int number, AtomicInteger refused) throws Exception {
        // All at once: within the time for which a call is spared
        List<Future<HttpClientRequest>> begun = IntStream.range(0, number)
                .mapToObj(_ -> other.request(
                                HttpMethod.POST, port, "127.0.0.1", "/externalscaler.ExternalScaler/GetMetricSpec")
                        .compose(request -> {
                            request.exceptionHandler(_ -> {});
                            request.response().onSuccess(answer -> countRefused(answer, refused));
                            request.putHeader("content-type", "application/grpc")
                                    .setChunked(true);
                            return request.sendHead().map(request);
                        }))
                .toList();
        List<HttpClientRequest> calls = new ArrayList<>();
        for (Future<HttpClientRequest> one : begun) {
            calls.add(one.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS));
        }
        return calls;
    }

    private static void countRefused(HttpClientResponse answer, AtomicInteger refused) {
        if ("8".equals(answer.getHeader("grpc-status"))) {
            refused.incrementAndGet();
        }
    }

    /** And those of its calls that were there first are answered: else nobody would be, where more come than can be answered. */
    @Test
    void whoTakesAllPlacesTakesThemFromItsNextCalls() throws Exception {
        openStreams(500);
        AtomicInteger refused = new AtomicInteger();
        List<HttpClientRequest> calls = flood(CallGate.MOST, refused);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(refused).hasValueGreaterThanOrEqualTo(500));
        assertThat(gate.size()).isLessThanOrEqualTo(CallGate.MOST);
        assertThat(ended).hasValue(0);
        for (int i = 0; i < 20; i++) {
            keda();
        }
        for (HttpClientRequest call : calls.subList(0, 20)) {
            call.end(framed(REF));
            assertThat(call.response()
                            .compose(answer -> answer.body().map(_ -> answer.getTrailer("grpc-status")))
                            .toCompletionStage()
                            .toCompletableFuture()
                            .get(20, TimeUnit.SECONDS))
                    .isEqualTo("0");
        }
    }

    private static Buffer framed(ScaledObjectRef message) {
        return Buffer.buffer()
                .appendByte((byte) 0)
                .appendInt(message.getSerializedSize())
                .appendBytes(message.toByteArray());
    }

    @Test
    void connectionWithAnOpenCallIsPingedSoThatItIsNotIdle() throws Exception {
        AtomicInteger pings = new AtomicInteger();
        flood(1, new AtomicInteger()).getFirst().connection().pingHandler(_ -> pings.incrementAndGet());
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(gate.size()).isEqualTo(1));
        gate.ping();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(pings).hasValue(1));
    }

    /** A client that makes calls, and lets nothing be sent but headers: each keeps its stream, and there is none for more. */
    @Test
    void answersThatAreNotReadAreBoundedAsCallsAre() throws Exception {
        HttpClient readsNothing = vertx.createHttpClient(
                new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false)
                        .setHttp2MultiplexingLimit(CallGate.MOST)
                        .setInitialSettings(new Http2Settings().setInitialWindowSize(0))
                        .setLocalAddress("127.0.0.2"),
                new PoolOptions().setHttp2MaxSize(2));
        Buffer message = framed(REF);
        for (int i = 0; i < CallGate.MOST + 500; i++) {
            readsNothing
                    .request(HttpMethod.POST, port, "127.0.0.1", "/externalscaler.ExternalScaler/GetMetricSpec")
                    .compose(request -> request.putHeader("content-type", "application/grpc")
                            .send(message))
                    .onSuccess(answer -> countRefused(answer, ended));
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(gate.size()).isEqualTo(CallGate.MOST));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(ended.get()).isEqualTo(500));
        keda();
        readsNothing.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
