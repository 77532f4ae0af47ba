package io.nimscaler.e2e;

import io.nimscaler.PrivateCa;
import io.nimscaler.grpc.proto.ScaledObjectRef;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What a tenant's pods and objects, an API server and the files of a Secret may do. */
final class ClusterAttacks {

    static final int API_SERVER_PORT = Victim.PORT + 2;
    private static final int LONG_NAME = 500_000;

    private ClusterAttacks() {}

    static Map<String, Attack> all() {
        Map<String, Attack> all = new LinkedHashMap<>();
        all.put("8 pods of 3.6 MB with 60 labels a series", new HostilePods());
        all.put(
                "60 ScaledObjects whose targets have names of 500 kB",
                new OnApiServer(60, name -> name.equals("so-0") ? name : name + "x".repeat(LONG_NAME)) {
                    @Override
                    public String on(Victim victim) throws Exception {
                        Thread.sleep(60_000);
                        victim.measure();
                        return "log " + Files.size(log()) / 1_000_000 + " MB";
                    }
                });
        all.put("/scale of 300 ScaledObjects hangs", new OnApiServer(300, UnaryOperator.identity()) {
            @Override
            public String on(Victim victim) throws Exception {
                Thread.sleep(10_000);
                api().scaleHangs();
                Thread.sleep(105_000);
                victim.measure();
                return "believed after 105 s: "
                        + IntStream.range(0, 300)
                                .filter(i -> victim.hasValue(OnApiServer.ref(i)))
                                .count();
            }
        });
        all.put("3,000 answers over HTTP/2 that are not taken, of 300 ScaledObjects", new NotTaken());
        all.put("a certificate that does not fit its key", new WrongKey());
        return all;
    }

    private static final class HostilePods implements Attack {

        @Override
        public List<String> settings(Path folder) {
            return Stream.of(
                            Attack.target("llm", StubPods.PORT, 1),
                            Attack.target("evil", StubPods.HOSTILE_PORT, 8),
                            List.of("nim-scaler.static-targets.evil.metadata.pollInterval=2s"))
                    .flatMap(List::stream)
                    .toList();
        }

        @Override
        public String on(Victim victim) throws Exception {
            Thread.sleep(45_000);
            victim.measure();
            return "KEDA's next call " + (victim.hasValue() ? "answered" : "not answered");
        }
    }

    /** With a stand-in for an API server. */
    private abstract static class OnApiServer implements Attack {

        private final int number;
        private final UnaryOperator<String> targets;
        private Optional<StubApiServer> api = Optional.empty();
        private Path log = Path.of("scaler.log");

        OnApiServer(int number, UnaryOperator<String> targets) {
            this.number = number;
            this.targets = targets;
        }

        static ScaledObjectRef ref(int i) {
            return ScaledObjectRef.newBuilder()
                    .setNamespace("ns")
                    .setName("so-" + i)
                    .putScalerMetadata("scalerAddress", "keda-nim-scaler.keda-nim-scaler:9090")
                    .putScalerMetadata("targetValue", "0.70")
                    .putScalerMetadata("port", Integer.toString(StubApiServer.FIRST_POD_PORT + i))
                    .build();
        }

        @Override
        public ScaledObjectRef asked() {
            return ref(0);
        }

        @Override
        public List<String> settings(Path folder) throws IOException {
            log = folder.resolve("scaler.log");
            api = Optional.of(new StubApiServer(number, 1, API_SERVER_PORT, targets));
            return List.of("nim-scaler.kubernetes.allow-local-addresses=true");
        }

        StubApiServer api() {
            return api.orElseThrow();
        }

        Path log() {
            return log;
        }

        @Override
        public void close() throws IOException {
            if (api.isPresent()) {
                api.get().close();
            }
        }
    }

    /** A client that never lets anything be sent but headers. */
    private static final class NotTaken extends OnApiServer {

        private static final int ASKED = 3_000;

        NotTaken() {
            super(300, UnaryOperator.identity());
        }

        @Override
        public String on(Victim victim) throws Exception {
            Vertx vertx = Vertx.vertx();
            HttpClient client = vertx.createHttpClient(
                    new HttpClientOptions()
                            .setProtocolVersion(HttpVersion.HTTP_2)
                            .setHttp2ClearTextUpgrade(false)
                            .setHttp2MultiplexingLimit(ASKED)
                            .setInitialSettings(new Http2Settings().setInitialWindowSize(0)),
                    new PoolOptions().setHttp2MaxSize(1));
            AtomicInteger begun = new AtomicInteger();
            AtomicInteger reset = new AtomicInteger();
            for (int i = 0; i < ASKED; i++) {
                client.request(HttpMethod.GET, Victim.PORT, "127.0.0.1", "/api/scaled-objects")
                        .compose(HttpClientRequest::send)
                        .onSuccess(answer -> {
                            begun.incrementAndGet();
                            answer.exceptionHandler(_ -> reset.incrementAndGet());
                        })
                        .onFailure(_ -> reset.incrementAndGet());
            }
            Thread.sleep(30_000);
            victim.measure();
            String seen = begun + " begun, " + reset + " reset";
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
            return seen;
        }
    }

    /** The files of the certificate are replaced by a pair that does not fit. */
    private static final class WrongKey implements Attack {

        private final PrivateCa authority = new PrivateCa("attacked");

        @Override
        public List<String> settings(Path folder) throws IOException {
            authority.issue("scaler", "ip:127.0.0.1").writeTo(folder);
            Files.writeString(folder.resolve("ca.crt"), authority.pem());
            return Stream.concat(
                            Attack.super.settings(folder).stream(),
                            Stream.of(
                                    "nim-scaler.grpc.tls.certificate=" + folder.resolve("tls.crt").toAbsolutePath(),
                                    "nim-scaler.grpc.tls.key=" + folder.resolve("tls.key").toAbsolutePath(),
                                    "nim-scaler.grpc.tls.reload-period=2s"))
                    .toList();
        }

        @Override
        public Optional<Path> authority(Path folder) {
            return Optional.of(folder.resolve("ca.crt"));
        }

        @Override
        public String on(Victim victim) throws Exception {
            Files.writeString(
                    victim.folder().resolve("tls.crt"),
                    authority.issue("another", "ip:127.0.0.1").certificatePem());
            Thread.sleep(15_000);
            return "a new connection's call " + (victim.hasValueAnew() ? "answered" : "not answered");
        }
    }
}
