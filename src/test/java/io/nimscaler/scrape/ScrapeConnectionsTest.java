package io.nimscaler.scrape;

import static io.nimscaler.poll.ScrapeFailure.CANNOT_CONNECT;
import static io.nimscaler.poll.ScrapeFailure.CONNECTION_LOST;
import static io.nimscaler.poll.ScrapeFailure.STATUS;
import static io.nimscaler.poll.ScrapeFailure.TIMEOUT;
import static io.nimscaler.poll.ScrapeFailure.TOO_LARGE;
import static io.nimscaler.scrape.Asker.assertFailed;
import static io.nimscaler.scrape.Asker.assertValue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Deadlines, and what becomes of connections. */
class ScrapeConnectionsTest {

    private static final String OK = RawPod.ok("gpu_cache_usage_perc 0.5\n");

    /** The first scrape of a JVM loads classes for longer than the short deadlines below. */
    @BeforeAll
    static void warmUp() throws Exception {
        Vertx vertx = Vertx.vertx();
        Asker asker = new Asker(vertx, Asker.PATIENT);
        assertValue(asker.ask(RawPod.start(vertx, RawPod.says(OK)).port()), 0.5);
        asker.close();
    }

    private final Vertx vertx = Vertx.vertx();
    private Asker asker = new Asker(vertx, Asker.PATIENT);

    @AfterEach
    void close() throws Exception {
        asker.close();
    }

    @Test
    void scrapesOfOnePodShareAConnection() throws Exception {
        RawPod pod = RawPod.start(vertx, RawPod.says(OK));

        for (int i = 0; i < 5; i++) {
            assertValue(asker.ask(pod.port()), 0.5);
        }

        assertThat(pod.acceptedConnections()).isEqualTo(1);
    }

    @Test
    void scrapesAtOnceWaitForTheOneConnection() throws Exception {
        RawPod pod = RawPod.start(vertx, RawPod.says(OK));
        var all = Stream.generate(() -> asker.asking(Asker.request(pod.port(), "/metrics")))
                .limit(5)
                .toList();

        for (CompletableFuture<ScrapeResult> one : all) {
            assertValue(one.get(20, TimeUnit.SECONDS), 0.5);
        }

        assertThat(pod.acceptedConnections()).isEqualTo(1);
    }

    @Test
    void aRefusedAnswerLeavesTheConnectionForTheNextPath() throws Exception {
        RawPod pod = RawPod.start(
                vertx,
                (socket, nth) ->
                        socket.write(nth == 1 ? "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope" : OK));

        asker.ask(Asker.request(pod.port(), "/v1/metrics"));
        assertValue(asker.ask(pod.port()), 0.5);

        assertThat(pod.acceptedConnections()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("waysToBeSilent")
    void theDeadlineIsOverTheWholeExchangeAndClosesTheConnection(String sent, String dripped, String detail)
            throws Exception {
        hurry();
        RawPod pod = RawPod.start(vertx, (socket, _) -> {
            socket.write(sent);
            if (!dripped.isEmpty()) {
                vertx.setPeriodic(20, _ -> socket.write(dripped));
            }
        });

        ScrapeResult result = asker.ask(pod.port());

        assertThat(result).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.reason()).isEqualTo(TIMEOUT);
            assertThat(failed.detail()).startsWith(detail);
        });
        awaitOpen(pod, 0);
    }

    static Stream<Object[]> waysToBeSilent() {
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n";
        String late = "no end of the body within 1 s, got ";
        return Stream.of(
                new Object[] {"", "", "no response within 1 s"},
                new Object[] {"HTTP/1.1 200 OK\r\nX: ", "x", "no response within 1 s"},
                new Object[] {head, "", late + "0 bytes of the body"},
                new Object[] {head + "gpu_cache_usage_perc 0.", "1", late});
    }

    @Test
    void aStatusIsToldEvenIfItsBodyNeverEnds() throws Exception {
        hurry();
        RawPod pod = RawPod.start(vertx, RawPod.says("HTTP/1.1 503 No\r\nContent-Length: 50\r\n\r\nloading"));

        assertFailed(asker.ask(pod.port()), STATUS, "expected status 200, got 503");
        awaitOpen(pod, 0);
    }

    @Test
    void asksOnANewConnectionAfterADeadline() throws Exception {
        hurry();
        RawPod pod = RawPod.start(vertx, (_, _) -> {});
        asker.ask(pod.port());

        assertFailed(asker.ask(pod.port()), TIMEOUT, "no response within 1 s");
        assertThat(pod.acceptedConnections()).isEqualTo(2);
    }

    @Test
    void whoWaitsForABusyConnectionHasADeadlineToo() throws Exception {
        hurry();
        RawPod pod = RawPod.start(vertx, (_, _) -> {});
        var first = asker.asking(Asker.request(pod.port(), "/a"));
        var second = asker.asking(Asker.request(pod.port(), "/b"));

        assertFailed(first.get(20, TimeUnit.SECONDS), TIMEOUT, "no response within 1 s");
        assertThat(second.get(20, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.reason())
                                .as("the first's end may have made way for it just before")
                                .isIn(CANNOT_CONNECT, TIMEOUT));
        awaitOpen(pod, 0);
    }

    @Test
    void aBodyOverTheLimitClosesTheConnection() throws Exception {
        RawPod pod = RawPod.start(
                vertx, RawPod.says("HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + "x".repeat(100_001)));

        assertFailed(asker.ask(pod.port()), TOO_LARGE, "expected a body of at most 100000 bytes, got more");
        awaitOpen(pod, 0);
    }

    @Test
    void aLongErrorPageClosesTheConnection() throws Exception {
        RawPod pod = RawPod.start(
                vertx, RawPod.says("HTTP/1.1 500 Oh\r\nContent-Length: 9999999\r\n\r\n" + "x".repeat(80_000)));

        assertFailed(asker.ask(pod.port()), STATUS, "expected status 200, got 500");
        awaitOpen(pod, 0);
    }

    @Test
    void anIdleConnectionThatThePodClosedIsReplaced() throws Exception {
        RawPod pod = RawPod.start(vertx, (socket, _) -> socket.write(OK).onComplete(_ -> socket.close()));
        asker.ask(pod.port());
        awaitOpen(pod, 0);

        assertValue(asker.ask(pod.port()), 0.5);
        assertThat(pod.acceptedConnections()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0}) // FIN and RST
    void asksAgainWhenAUsedConnectionClosesUnderTheRequest(int linger) throws Exception {
        RawPod pod = RawPod.start(
                vertx,
                "127.0.0.1",
                new NetServerOptions().setSoLinger(linger),
                (socket, nth) -> answerOnce(socket, nth));
        asker.ask(pod.port());

        assertValue(asker.ask(pod.port()), 0.5);

        assertThat(pod.acceptedConnections()).isEqualTo(2);
        assertThat(pod.requests()).hasSize(3);
    }

    private static void answerOnce(NetSocket socket, int nth) {
        if (nth == 1) {
            socket.write(OK);
        } else {
            socket.close();
        }
    }

    @Test
    void asksAgainOnlyOnce() throws Exception {
        RawPod[] pod = new RawPod[1];
        pod[0] = RawPod.start(vertx, (socket, nth) -> answerOnce(socket, nth + pod[0].acceptedConnections() - 1));
        asker.ask(pod[0].port());

        assertFailed(asker.ask(pod[0].port()), CONNECTION_LOST, "connection closed before the response");
        assertThat(pod[0].requests()).hasSize(3);
    }

    @Test
    void doesNotAskAgainOnceAStatusLineHasCome() throws Exception {
        RawPod pod = RawPod.start(vertx, (socket, nth) -> {
            if (nth == 1) {
                socket.write(OK);
            } else {
                socket.write("HTTP/1.1 200 OK\r\nContent-Le").onComplete(_ -> socket.close());
            }
        });
        asker.ask(pod.port());

        assertFailed(asker.ask(pod.port()), CONNECTION_LOST, "connection closed within the headers");
        assertThat(pod.requests()).hasSize(2);
    }

    @Test
    void anIdleConnectionIsClosedAfterItsKeepAlive() throws Exception {
        asker = new Asker(vertx, new ScrapeSettings(Duration.ofSeconds(20), Duration.ofSeconds(1), Asker.limits()));
        RawPod pod = RawPod.start(vertx, RawPod.says(OK));

        asker.ask(pod.port());

        awaitOpen(pod, 0);
    }

    @Test
    void closingClosesConnectionsAndEndsWhatIsUnderWay() throws Exception {
        RawPod pod = RawPod.start(vertx, (_, _) -> {});
        var underWay = asker.asking(Asker.request(pod.port(), "/metrics"));
        await().until(() -> pod.requests().size() == 1);

        asker.scraper().close();

        assertFailed(underWay.get(20, TimeUnit.SECONDS), CONNECTION_LOST, "connection closed before the response");
        awaitOpen(pod, 0);
    }

    @Test
    void aClosedScraperAnswersThatItCannotConnect() throws Exception {
        asker.scraper().close();

        assertFailed(asker.ask(1), CANNOT_CONNECT, "no connection: client is closed");
    }

    @Test
    void onlyItsOwnerMayAsk() throws Exception {
        asker.ask(1);

        assertThatThrownBy(() -> asker.scraper().scrape(Asker.request(1, "/"), _ -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must be called on vert.x-eventloop-thread");
    }

    private void hurry() {
        asker = new Asker(vertx, Asker.HASTY);
    }

    private static void awaitOpen(RawPod pod, int connections) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(pod.openConnections()).isEqualTo(connections));
    }
}
