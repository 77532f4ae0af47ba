package io.nimscaler.scrape;

import static io.nimscaler.poll.ScrapeFailure.CANNOT_CONNECT;
import static io.nimscaler.poll.ScrapeFailure.CONNECTION_LOST;
import static io.nimscaler.poll.ScrapeFailure.MALFORMED;
import static io.nimscaler.poll.ScrapeFailure.NOT_HTTP;
import static io.nimscaler.poll.ScrapeFailure.REDIRECT;
import static io.nimscaler.poll.ScrapeFailure.STATUS;
import static io.nimscaler.poll.ScrapeFailure.TOO_LARGE;
import static io.nimscaler.scrape.Asker.assertFailed;
import static io.nimscaler.scrape.Asker.assertValue;
import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.MetricNames;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.nimscaler.poll.ScrapeResult.Scraped;
import io.nimscaler.trigger.Scheme;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScrapeOutcomesTest {

    private final Vertx vertx = Vertx.vertx();
    private Asker asker;

    @BeforeEach
    void open() {
        asker = new Asker(vertx, Asker.PATIENT);
    }

    @AfterEach
    void close() throws Exception {
        asker.close();
    }

    @Test
    void keepsOnlyWhatIsWanted() throws Exception {
        String body = "# HELP gpu_cache_usage_perc x\ngpu_cache_usage_perc{model_name=\"m\"} 0.25\nother 1\n";

        assertValue(get(RawPod.ok(body)), 0.25);
    }

    @Test
    void aBodyOfKnownLengthNeedsNoFinalNewline() throws Exception {
        assertValue(get(RawPod.ok("gpu_cache_usage_perc 0.97")), 0.97);
    }

    @Test
    void readsChunksThatSplitANumber() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "18\r\ngpu_cache_usage_perc 0.9\r\n1\r\n7\r\n0\r\n\r\n";

        assertValue(get(answer), 0.97);
    }

    @Test
    void anEmptyBodyIsReadableAndHasNoSeries() throws Exception {
        assertThat(get(RawPod.ok(""))).isEqualTo(new Scraped(List.of()));
    }

    @Test
    void readsABodyThatEndsWithTheConnectionAfterAWholeLine() throws Exception {
        assertValue(getClosed("HTTP/1.1 200 OK\r\n\r\ngpu_cache_usage_perc 0.97\n"), 0.97);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n"})
    void aNumberMayBeCutWhereTheBodyEndsWithTheConnection(String head) throws Exception {
        assertFailed(
                getClosed(head + "gpu_cache_usage_perc 0.0"),
                CONNECTION_LOST,
                "expected Content-Length, chunks or a final newline, got a close after 24 bytes of the body");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\ngpu_cache_usage_perc 0.9",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n18\r\ngpu_cache_usage_perc 0.9\r\n"
            })
    void aBodyThatIsShorterThanAnnouncedIsLost(String cut) throws Exception {
        assertFailed(getClosed(cut), CONNECTION_LOST, "connection closed after 24 bytes of the body");
    }

    @Test
    void aResetWithinTheBodyIsLost() throws Exception {
        RawPod pod = RawPod.start(vertx, "127.0.0.1", new NetServerOptions().setSoLinger(0), (socket, _) -> {
            socket.write("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ngpu_cache_usage_perc 0.9")
                    .onComplete(_ -> socket.close());
        });

        assertThat(asker.ask(pod.port()))
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.reason()).isEqualTo(CONNECTION_LOST));
    }

    /** What a sidecar does with a plain request where the mesh takes mutual TLS only. */
    @Test
    void aResetInsteadOfAnAnswerSaysThatThePortMayWantTls() throws Exception {
        RawPod pod =
                RawPod.start(vertx, "127.0.0.1", new NetServerOptions().setSoLinger(0), (socket, _) -> socket.close());

        assertThat(asker.ask(pod.port())).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.reason()).isEqualTo(CONNECTION_LOST);
            assertThat(failed.detail())
                    .startsWith("connection reset before the response")
                    .contains("scheme https");
        });
    }

    @Test
    void aCloseInsteadOfAnAnswerIsLost() throws Exception {
        assertFailed(getClosed(""), CONNECTION_LOST, "connection closed before the response");
    }

    @Test
    void aCloseWithinTheHeadersIsLost() throws Exception {
        assertFailed(
                getClosed("HTTP/1.1 200 OK\r\nContent-Le"), CONNECTION_LOST, "connection closed within the headers");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.6\r\n\r\n",
                "gpu_cache_usage_perc 0.3\n\n",
                "HTTP/3.7 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"
            })
    void garbageIsNotHttp(String garbage) throws Exception {
        assertFailed(get(garbage), NOT_HTTP, "expected HTTP/1.1, got something else before the response");
    }

    @Test
    void garbageBetweenChunksIsNotHttp() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n18\r\ngpu_cache_usage_perc 0.9\r\nzz\r\n";

        assertFailed(get(answer), NOT_HTTP, "expected HTTP/1.1, got something else after 24 bytes of the body");
    }

    @Test
    void hugeHeadersAreTooLarge() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nX: " + "x".repeat(10_000) + "\r\nContent-Length: 0\r\n\r\n";

        assertFailed(get(answer), TOO_LARGE, "expected headers of at most 8192 bytes, got more");
    }

    @ParameterizedTest
    @CsvSource({
        "404,NOT_FOUND",
        "301,REDIRECT",
        "302,REDIRECT",
        "307,REDIRECT",
        "204,STATUS",
        "401,STATUS",
        "429,STATUS",
        "500,STATUS",
        "503,STATUS"
    })
    void onlyStatus200Counts(int status, ScrapeFailure reason) throws Exception {
        RawPod pod = RawPod.start(
                vertx,
                RawPod.says("HTTP/1.1 " + status + " Whatever\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"));

        String hint = reason == REDIRECT
                ? " (a redirect to /elsewhere, which is not followed: correct path or scheme)"
                : status == 401 ? " (podAuth sets its token)" : "";
        assertFailed(asker.ask(pod.port()), reason, "expected status 200, got " + status + hint);
        assertThat(pod.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"http://127.0.0.1/metrics/, http://127.0.0.1/metrics/", "/login?ticket=secret, /login"})
    void whereARedirectLeadsIsSaidShortAndWithoutWhatMayBeSecret(String location, String said) throws Exception {
        assertFailed(
                get("HTTP/1.1 307 Whatever\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n"),
                REDIRECT,
                "expected status 200, got 307 (a redirect to " + said
                        + ", which is not followed: correct path or scheme)");
    }

    @Test
    void whereARedirectLeadsIsCut() throws Exception {
        assertThat(get("HTTP/1.1 307 Whatever\r\nLocation: /" + "x".repeat(4000) + "\r\nContent-Length: 0\r\n\r\n"))
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.detail()).hasSizeLessThan(250));
    }

    @Test
    void aStatusIsToldEvenIfItsBodyBreaksOff() throws Exception {
        assertFailed(
                getClosed("HTTP/1.1 503 No\r\nContent-Length: 50\r\n\r\nloading"),
                STATUS,
                "expected status 200, got 503");
    }

    @ParameterizedTest
    @CsvSource({
        "Content-Encoding: gzip,content encoding gzip",
        "'Transfer-Encoding: gzip, chunked','transfer encoding gzip, chunked'"
    })
    void compressionThatNobodyAskedForIsAClearFailure(String header, String what) throws Exception {
        String answer = "HTTP/1.1 200 OK\r\n" + header + "\r\n"
                + (header.startsWith("C") ? "Content-Length: 3\r\n\r\nabc" : "\r\n3\r\nabc\r\n0\r\n\r\n");

        assertFailed(get(answer), MALFORMED, what + " was not asked for");
    }

    @Test
    void theIdentityEncodingIsNone() throws Exception {
        String answer =
                "HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 26\r\n\r\ngpu_cache_usage_perc 0.97\n";

        assertValue(get(answer), 0.97);
    }

    @Test
    void aMalformedLineIsToldWithItsPlace() throws Exception {
        assertThat(get(RawPod.ok("other 1\ngpu_cache_usage_perc none\n")))
                .isInstanceOfSatisfying(Failed.class, failed -> {
                    assertThat(failed.reason()).isEqualTo(MALFORMED);
                    assertThat(failed.detail()).startsWith("line 2, column 22: ");
                });
    }

    @Test
    void aLineOverItsLimitIsTooLargeAndNotMalformed() throws Exception {
        String label = "x".repeat(Asker.limits().lineBytes());

        assertFailed(
                get(RawPod.ok("gpu_cache_usage_perc{a=\"" + label + "\"} 0.5\n")),
                TOO_LARGE,
                "line 1, column 1001: expected a line of at most 1000 bytes, got more");
    }

    @Test
    void anEndlessBodyIsCutOffAtTheLimit() throws Exception {
        RawPod pod = RawPod.start(vertx, (socket, _) -> {
            socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            String chunk = "1000\r\n" + "x".repeat(4095) + "\n\r\n";
            socket.drainHandler(_ -> socket.write(chunk));
            vertx.setPeriodic(1, _ -> socket.write(chunk));
        });

        assertFailed(asker.ask(pod.port()), TOO_LARGE, "expected a body of at most 100000 bytes, got more");
    }

    @Test
    void aBodyOfExactlyTheLimitIsRead() throws Exception {
        String gauge = "gpu_cache_usage_perc 0.5\n";

        assertValue(get(RawPod.ok(gauge + "#".repeat(100_000 - gauge.length()))), 0.5);
    }

    @Test
    void nobodyListens() throws Exception {
        assertFailed(asker.ask(freePort()), CANNOT_CONNECT, "connection refused");
    }

    @Test
    void asksPlainlyAndSaysWhoAsks() throws Exception {
        RawPod pod = RawPod.start(vertx, RawPod.says(RawPod.ok("")));

        asker.ask(Asker.request(pod.port(), "/v1/metrics?a=b"));

        assertThat(pod.requests().getFirst().toLowerCase().split("\r\n"))
                .containsExactlyInAnyOrder(
                        "get /v1/metrics?a=b http/1.1",
                        "host: 127.0.0.1:" + pod.port(),
                        "accept: text/plain;version=0.0.4,*/*;q=0.1",
                        "user-agent: keda-nim-scaler");
    }

    @Test
    void anIpv6HostStandsInBrackets() throws Exception {
        Assumptions.assumeTrue(hasIpv6Loopback());
        RawPod pod = RawPod.start(
                vertx, "::1", new NetServerOptions(), RawPod.says(RawPod.ok("gpu_cache_usage_perc 0.5\n")));

        assertValue(
                asker.ask(new ScrapeRequest(
                        Scheme.HTTP, "::1", pod.port(), "/metrics", Asker.NO_AUTH, MetricNames.any())),
                0.5);
        assertThat(pod.requests().getFirst().toLowerCase()).contains("\r\nhost: [::1]:" + pod.port() + "\r\n");
    }

    private ScrapeResult get(String answer) throws Exception {
        return asker.ask(RawPod.start(vertx, RawPod.says(answer)).port());
    }

    private ScrapeResult getClosed(String answer) throws Exception {
        return asker.ask(RawPod.start(vertx, RawPod.saysAndCloses(answer)).port());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private static boolean hasIpv6Loopback() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void htmlIsSaidToBeHtml() throws Exception {
        String answer =
                "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 13\r\n\r\n<html></html>";
        assertFailed(get(answer), MALFORMED, "expected Prometheus text, got HTML");
    }
}
