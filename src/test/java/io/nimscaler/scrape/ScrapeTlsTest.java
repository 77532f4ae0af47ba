package io.nimscaler.scrape;

import static io.nimscaler.poll.ScrapeFailure.TLS;
import static io.nimscaler.scrape.Asker.assertFailed;
import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.MetricNames;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.nimscaler.trigger.Scheme;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PfxOptions;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScrapeTlsTest {

    private static final String PASSWORD = "changeit";

    private final Vertx vertx = Vertx.vertx();
    private final Asker asker = new Asker(vertx, Asker.PATIENT);

    @AfterEach
    void close() throws Exception {
        asker.close();
    }

    @Test
    void aCertificateThatNobodyVouchesForIsNotTrusted(@TempDir Path directory) throws Exception {
        NetServerOptions options = new NetServerOptions()
                .setSsl(true)
                .setKeyCertOptions(new PfxOptions()
                        .setPath(selfSigned(directory).toString())
                        .setPassword(PASSWORD));
        RawPod pod = RawPod.start(vertx, "127.0.0.1", options, RawPod.says(RawPod.ok("")));

        assertThat(askTls(pod)).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.reason()).isEqualTo(TLS);
            assertThat(failed.detail()).contains("unable to find valid certification path");
        });
        assertThat(pod.requests()).isEmpty();
    }

    @Test
    void aPodThatSpeaksPlainHttpDoesNotSpeakTls() throws Exception {
        RawPod pod = RawPod.greeting(vertx, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");

        assertFailed(askTls(pod), TLS, "expected TLS, got something else");
    }

    @Test
    void aCloseWithinTheHandshakeIsAFailureOfTls() throws Exception {
        RawPod pod = RawPod.greeting(vertx, "");

        assertThat(askTls(pod))
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.reason()).isEqualTo(TLS));
    }

    private ScrapeResult askTls(RawPod pod) throws Exception {
        return asker.ask(
                new ScrapeRequest(Scheme.HTTPS, "127.0.0.1", pod.port(), "/metrics", Asker.NO_AUTH, MetricNames.any()));
    }

    private static Path selfSigned(Path directory) throws Exception {
        Path store = directory.resolve("pod.p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process process = new ProcessBuilder(
                        (keytool + " -genkeypair -alias pod -keyalg EC -dname CN=pod -ext san=ip:127.0.0.1"
                                        + " -storetype PKCS12 -storepass " + PASSWORD + " -keystore " + store)
                                .split(" "))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return store;
    }
}
