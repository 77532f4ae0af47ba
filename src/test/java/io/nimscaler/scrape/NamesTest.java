package io.nimscaler.scrape;

import static io.nimscaler.poll.ScrapeFailure.CANNOT_CONNECT;
import static io.nimscaler.scrape.Asker.assertFailed;
import static io.nimscaler.scrape.Asker.assertValue;
import static io.nimscaler.scrape.Asker.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.vertx.core.Vertx;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A source that is known by its name, and a resolver that answers as a test says. */
class NamesTest {

    private static final String NAME = "gateway.istio-system.svc";

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger lookups = new AtomicInteger();
    private final AtomicReference<String> address = new AtomicReference<>("127.0.0.1");
    private final CountDownLatch dnsIsBack = new CountDownLatch(1);
    private final Asker asker = new Asker(vertx, Asker.HASTY, this::lookUp);
    private RawPod pod;

    @BeforeEach
    void start() throws Exception {
        pod = RawPod.start(vertx, RawPod.says(RawPod.ok(Asker.GAUGE + " 0.5\n")));
    }

    @AfterEach
    void close() throws Exception {
        dnsIsBack.countDown();
        asker.close();
    }

    private String lookUp(String name) throws UnknownHostException {
        lookups.incrementAndGet();
        String answer = Objects.requireNonNull(address.get());
        if (answer.equals("hangs")) {
            try {
                dnsIsBack.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return "127.0.0.1";
        }
        if (answer.isEmpty()) {
            throw new UnknownHostException(name + ": Name or service not known");
        }
        return answer;
    }

    private ScrapeRequest named() {
        return request(NAME, pod.port(), "/metrics");
    }

    @Test
    void resolverThatHangsHoldsUpNobodyElse() throws Exception {
        address.set("hangs");
        List<CompletableFuture<ScrapeResult>> waiting =
                IntStream.range(0, 50).mapToObj(_ -> asker.asking(named())).toList();
        await().until(() -> lookups.get() == 1);

        assertValue(asker.ask(pod.port()), .5);
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        for (CompletableFuture<ScrapeResult> result : waiting) {
            assertFailed(result.get(30, TimeUnit.SECONDS), CANNOT_CONNECT, "no connection within 1 s");
        }
        assertThat(lookups).hasValue(1);

        dnsIsBack.countDown();
        assertValue(asker.ask(named()), .5);
    }

    @Test
    void sourceIsReadWhileTheResolverIsAwayAsLongAsItsConnectionStays() throws Exception {
        assertValue(asker.ask(named()), .5);
        assertThat(pod.requests().getFirst()).contains("host: " + NAME + ":" + pod.port());
        address.set("");
        assertValue(asker.ask(named()), .5);
        assertThat(lookups).hasValue(1);
    }

    @Test
    void nameIsLookedUpAgainWhenItsConnectionIsGone() throws Exception {
        RawPod closing = RawPod.start(vertx, RawPod.saysAndCloses(RawPod.ok(Asker.GAUGE + " 0.7\n")));
        ScrapeRequest request = request(NAME, closing.port(), "/metrics");
        assertValue(asker.ask(request), .7);
        await().until(() -> closing.openConnections() == 0);
        await().untilAsserted(() -> {
            assertValue(asker.ask(request), .7);
            assertThat(lookups).hasValueGreaterThan(1);
        });
    }

    @Test
    void nameIsLookedUpAgainWhenNobodyListensAtItsAddress() throws Exception {
        // Of the loopback network, and nobody listens there
        address.set("127.250.250.250");
        assertFailed(asker.ask(named()), CANNOT_CONNECT, "connection refused");
        address.set("127.0.0.1");
        assertValue(asker.ask(named()), .5);
    }

    @Test
    void nameThatThereIsNotIsSaid() throws Exception {
        address.set("");
        assertFailed(
                asker.ask(named()),
                CANNOT_CONNECT,
                "no connection: gateway.istio-system.svc: name or service not known");
    }
}
