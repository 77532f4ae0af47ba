package io.nimscaler.grpc;

import static io.grpc.MethodDescriptor.MethodType.UNARY;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.nimscaler.app.NimPods;
import io.nimscaler.grpc.proto.ExternalScalerGrpc;
import io.nimscaler.grpc.proto.GetMetricSpecResponse;
import io.nimscaler.grpc.proto.IsActiveResponse;
import io.nimscaler.grpc.proto.ScaledObjectRef;
import io.nimscaler.scaler.Scalers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of any size, shape and number: each is answered or refused, nothing of it is kept, and the next one is answered. */
@QuarkusTest
@QuarkusTestResource(NimPods.class)
class BadCallsTest {

    private static final String SERVICE = "externalscaler.ExternalScaler";
    private static final long MOST_KEPT_BYTES = 64 << 20;

    @Inject
    Scalers scalers;

    @Inject
    Vertx vertx;

    private int port;
    private ManagedChannel channel;

    @BeforeEach
    void connect() {
        port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
        channel = newChannel();
    }

    private ManagedChannel newChannel() {
        return ManagedChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .build();
    }

    @AfterEach
    void answersAsBefore() throws InterruptedException {
        ManagedChannel another = newChannel();
        try {
            await().atMost(Duration.ofSeconds(30)).ignoreExceptions().untilAsserted(() -> {
                for (ManagedChannel each : List.of(channel, another)) {
                    assertThat(ExternalScalerGrpc.newBlockingStub(each)
                                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                                    .isActive(ref("llm"))
                                    .getResult())
                            .isTrue();
                }
            });
            assertThat(scalers.scaledObjects()).hasSize(1);
        } finally {
            for (ManagedChannel each : List.of(channel, another)) {
                each.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
            }
        }
    }

    private static ScaledObjectRef ref(String name) {
        return ScaledObjectRef.newBuilder()
                .setNamespace("default")
                .setName(name)
                .putScalerMetadata("targetValue", "0.70")
                .putScalerMetadata("port", "metrics")
                .build();
    }

    private ExternalScalerGrpc.ExternalScalerBlockingStub keda() {
        return ExternalScalerGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static Status statusOf(Runnable call) {
        try {
            call.run();
            return Status.OK;
        } catch (StatusRuntimeException refused) {
            return refused.getStatus();
        }
    }

    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private Status send(String method, byte[] message) {
        MethodDescriptor<byte[], byte[]> descriptor = MethodDescriptor.newBuilder(BYTES, BYTES)
                .setType(UNARY)
                .setFullMethodName(SERVICE + "/" + method)
                .build();
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS);
        return statusOf(() -> ClientCalls.blockingUnaryCall(channel, descriptor, options, message));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GetMetrics", "GetMetricSpec", "IsActive"})
    void bytesThatAreNoMessageAreRefused(String method) {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            byte[] message = new byte[1 << random.nextInt(17)];
            random.nextBytes(message);
            assertThat(send(method, message).getCode()).isNotIn(Status.Code.OK, Status.Code.DEADLINE_EXCEEDED);
        }
    }

    @Test
    void messageOverTheBoundIsRefused() {
        ScaledObjectRef huge = ScaledObjectRef.newBuilder()
                .mergeFrom(ref("llm"))
                .putScalerMetadata("metric", "x".repeat(1 << 20))
                .build();
        assertThat(statusOf(() -> keda().isActive(huge)).getCode())
                .isNotIn(Status.Code.OK, Status.Code.DEADLINE_EXCEEDED);
    }

    /** While a call is open the server keeps its message, so all calls together are bounded by it. */
    @Test
    void messageOfMoreThan16KilobytesIsRefused() {
        ScaledObjectRef.Builder large = ScaledObjectRef.newBuilder(ref("llm")).setNamespace("");
        int rest = 16_384 - large.build().getSerializedSize();
        // A field of so many bytes has a tag and a length of 1 and 3 bytes before them, at most
        assertThat(statusOf(() -> keda().getMetricSpec(
                                        large.setNamespace("n".repeat(rest - 4)).build()))
                        .getCode())
                .isEqualTo(Status.Code.OK);
        assertThat(statusOf(() -> keda().getMetricSpec(
                                        large.setNamespace("n".repeat(rest)).build()))
                        .getCode())
                .isNotIn(Status.Code.OK, Status.Code.DEADLINE_EXCEEDED);
    }

    @Test
    void messageUnderTheBoundGetsAnErrorThatFitsAHeader() {
        ScaledObjectRef.Builder large = ScaledObjectRef.newBuilder()
                .setNamespace("\ud83d\ude80".repeat(1_000))
                .setName("x".repeat(4_000));
        for (int i = 0; i < 60; i++) {
            large.putScalerMetadata(i + "\ud83d\ude80".repeat(20), "x");
        }
        Status status = statusOf(() -> keda().getMetricSpec(large.build()));
        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDescription()).contains("trigger metadata: ");

        // A name that none can have is cut as well
        status = statusOf(() -> keda().isActive(ref("\ud83d\ude80".repeat(3_000))));
        assertThat(status.getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(status.getDescription()).contains("\ud83d\ude80\u2026: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "0000000000",
                "000000000100",
                "00000000050a",
                "ffffffffff",
                "0100000000",
                "007fffffff00",
                "00000000000000000000",
                "0000000002ffff"
            })
    void framesThatAreNoneAreAnsweredOrReset(String hex) throws Exception {
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
        try {
            boolean[] ended = new boolean[1];
            client.request(HttpMethod.POST, port, "127.0.0.1", "/" + SERVICE + "/IsActive")
                    .compose(request -> request.putHeader("content-type", "application/grpc")
                            .putHeader("te", "trailers")
                            .send(Buffer.buffer(HexFormat.of().parseHex(hex))))
                    .compose(response -> response.body().map(body -> response.statusCode()))
                    .onComplete(_ -> ended[0] = true)
                    .otherwise(0)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
            assertThat(ended[0]).isTrue();
        } finally {
            client.close();
        }
    }

    @Test
    void nothingIsKeptOfScaledObjectsThatDoNotExist() throws Exception {
        long before = usedBytes();
        ExternalScalerGrpc.ExternalScalerFutureStub stub =
                ExternalScalerGrpc.newFutureStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
        List<ListenableFuture<IsActiveResponse>> calls = IntStream.range(0, 5_000)
                .mapToObj(i -> stub.isActive(ref("nobody-" + i)))
                .toList();
        for (ListenableFuture<IsActiveResponse> call : calls) {
            assertThatThrownBy(call::get)
                    .cause()
                    .extracting(refused -> Status.fromThrowable(refused).getCode())
                    .isEqualTo(Status.Code.NOT_FOUND);
        }
        assertThat(usedBytes() - before).isLessThan(MOST_KEPT_BYTES);
    }

    @Test
    void manyCallsAtOnceAreAllAnswered() throws Exception {
        long before = usedBytes();
        ExternalScalerGrpc.ExternalScalerFutureStub stub =
                ExternalScalerGrpc.newFutureStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
        // More than the connection has streams: the client waits with the rest
        List<ListenableFuture<GetMetricSpecResponse>> calls = IntStream.range(0, 12_000)
                .mapToObj(i -> stub.getMetricSpec(ref("llm-" + i)))
                .toList();
        for (ListenableFuture<GetMetricSpecResponse> call : calls) {
            assertThat(call.get().getMetricSpecsCount()).isEqualTo(1);
        }
        assertThat(usedBytes() - before).isLessThan(MOST_KEPT_BYTES);
    }

    @Test
    void readerThatNeverReadsHoldsUpNobody() throws InterruptedException {
        long before = usedBytes();
        ManagedChannel slow = newChannel();
        AtomicInteger ended = new AtomicInteger();
        for (int i = 0; i < 1_000; i++) {
            ExternalScalerGrpc.newStub(slow).streamIsActive(ref("llm"), neverReading(ended));
        }
        for (int i = 0; i < 200; i++) {
            assertThat(keda().isActive(ref("llm")).getResult()).isTrue();
        }
        assertThat(usedBytes() - before).isLessThan(MOST_KEPT_BYTES);
        assertThat(ended).hasValue(0);
        slow.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }

    private static ClientResponseObserver<ScaledObjectRef, IsActiveResponse> neverReading(AtomicInteger ended) {
        return new ClientResponseObserver<>() {
            @Override
            public void beforeStart(ClientCallStreamObserver<ScaledObjectRef> call) {
                call.disableAutoRequestWithInitial(0);
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
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "PRI * HTTP/2.0\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Le"
            })
    void connectionsThatSayHalfAndNoMoreHoldUpNobody(String said) throws Exception {
        List<Socket> half = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                Socket socket = new Socket("127.0.0.1", port);
                socket.getOutputStream().write(said.getBytes(ISO_8859_1));
                half.add(socket);
            }
            answersFrom(newChannel());
        } finally {
            for (Socket socket : half) {
                socket.close();
            }
        }
    }

    private static void answersFrom(ManagedChannel fresh) throws InterruptedException {
        assertThat(ExternalScalerGrpc.newBlockingStub(fresh)
                        .withDeadlineAfter(20, TimeUnit.SECONDS)
                        .getMetricSpec(ref("llm"))
                        .getMetricSpecsCount())
                .isEqualTo(1);
        fresh.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }

    private static long usedBytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
