package io.nimscaler.scrape;

import static io.nimscaler.poll.ScrapeFailure.CANNOT_CONNECT;
import static io.nimscaler.scrape.Asker.assertFailed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nimscaler.PrivateCa;
import io.nimscaler.exposition.MetricNames;
import io.nimscaler.files.Expiries;
import io.nimscaler.poll.PodAuth;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.trigger.Scheme;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A connection that is ready only after its scrape was given up: here its TLS handshake is held back on the way. */
class LateConnectionTest {

    private static final PrivateCa CA = new PrivateCa("pods-ca");

    @TempDir
    private Path directory;

    private final Vertx vertx = Vertx.vertx();
    private Optional<Asker> asker = Optional.empty();

    @AfterEach
    void close() throws Exception {
        if (asker.isPresent()) {
            asker.get().close();
        }
    }

    @Test
    void isClosed() throws Exception {
        // Given
        RawPod pod = tlsPod();
        Promise<Void> opened = Promise.promise();
        NetServer gate = gate(pod, opened);
        assertFailed(ask(gate.actualPort()), CANNOT_CONNECT, "no connection within 1 s");

        // When
        opened.complete();

        // Then
        await().atMost(Duration.ofSeconds(20)).until(() -> pod.acceptedConnections() == 1);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(pod.openConnections()).isZero());
        assertThat(pod.requests()).isEmpty();
    }

    private ScrapeResult ask(int port) throws Exception {
        CA.writeTo(directory.resolve("ca.crt"));
        PodAuthSettings trust = new PodAuthSettings(
                "default",
                Set.of("nim"),
                Optional.of(directory.resolve("ca.crt")),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false);
        PodAuths auths = PodAuths.read(List.of(trust), Duration.ofMinutes(1), new Expiries(), _ -> {});
        Asker hasty = new Asker(vertx, Asker.HASTY, auths);
        asker = Optional.of(hasty);
        PodAuth auth = new PodAuth("nim", Optional.empty());
        return hasty.ask(new ScrapeRequest(Scheme.HTTPS, "127.0.0.1", port, "/metrics", auth, MetricNames.any()));
    }

    private RawPod tlsPod() throws Exception {
        PrivateCa.Issued certificate = CA.issue("pod", "ip:127.0.0.1");
        NetServerOptions options = new NetServerOptions()
                .setSsl(true)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .addCertValue(Buffer.buffer(certificate.certificatePem()))
                        .addKeyValue(Buffer.buffer(certificate.keyPem())));
        return RawPod.start(vertx, "127.0.0.1", options, RawPod.says(RawPod.ok("")));
    }

    /** Accepts at once, and passes nothing on before it is opened. */
    private NetServer gate(RawPod pod, Promise<Void> opened) throws Exception {
        return vertx.createNetServer()
                .connectHandler(client -> {
                    client.pause();
                    opened.future()
                            .compose(_ -> vertx.createNetClient().connect(pod.port(), "127.0.0.1"))
                            .onSuccess(behind -> join(client, behind));
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS);
    }

    private static void join(NetSocket client, NetSocket behind) {
        client.exceptionHandler(_ -> {}).handler(behind::write).closeHandler(_ -> behind.close());
        behind.exceptionHandler(_ -> {}).handler(client::write).closeHandler(_ -> client.close());
        client.resume();
    }
}
