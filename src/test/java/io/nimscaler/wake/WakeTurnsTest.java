package io.nimscaler.wake;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.Scraper;
import io.nimscaler.trigger.Scheme;
import io.nimscaler.trigger.Triggers;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When wake sources are looked at, as many as there may be. */
class WakeTurnsTest {

    private static final Duration TICK = Duration.ofMillis(50);
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final int SOURCES = 100;

    private final List<String> asked = new ArrayList<>();
    private final WakeSources sources = new WakeSources(IntStream.range(0, SOURCES)
            .mapToObj(i -> new WakeSource(
                    "source-" + i,
                    Set.of("*"),
                    Scheme.HTTP,
                    "10.0.0." + i,
                    9090,
                    "/metrics",
                    Optional.empty(),
                    Duration.ofSeconds(2 + i % 3),
                    WakeMetric.of("queue_size", "model_name", 0, false).orElseThrow()))
            .toList());

    private final Scraper scraper = new Scraper() {
        @Override
        public void scrape(ScrapeRequest request, Consumer<ScrapeResult> done) {
            asked.add(request.host());
            done.accept(new ScrapeResult.Scraped(List.of()));
        }
    };

    private void want(int source, Instant now) {
        sources.wake("nim", Triggers.immediate("wakeSource", "source-" + source, "modelName", "llm"), TICK, now);
    }

    @Test
    void whatIsNotDueIsNotLookedAt() {
        IntStream.range(0, SOURCES).forEach(i -> want(i, BEGIN));
        sources.pollIfDue(BEGIN, scraper);
        assertThat(asked).hasSize(SOURCES);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Instant[] ticks = IntStream.range(1, 40)
                .mapToObj(i -> BEGIN.plus(TICK.multipliedBy(i)))
                .toArray(Instant[]::new);

        long before = threads.getCurrentThreadAllocatedBytes();
        for (Instant tick : ticks) {
            sources.pollIfDue(tick, scraper);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        // To look at them is to go over them, which allocates some 5 kB each time
        assertThat(allocated).isLessThan(1_000);
        assertThat(asked).hasSize(SOURCES);
    }

    @Test
    void eachIsAskedOnceAnIntervalWhicheverIsDueFirst() {
        for (Instant now = BEGIN; now.isBefore(BEGIN.plusSeconds(12)); now = now.plus(TICK)) {
            Instant at = now;
            IntStream.range(0, SOURCES).forEach(i -> want(i, at));
            sources.pollIfDue(now, scraper);
        }

        assertThat(asked).filteredOn("10.0.0.0"::equals).hasSize(6);
        assertThat(asked).filteredOn("10.0.0.1"::equals).hasSize(4);
        assertThat(asked).filteredOn("10.0.0.2"::equals).hasSize(3);
    }

    @Test
    void oneThatIsWantedAnewIsDueAtOnce() {
        want(2, BEGIN);
        sources.pollIfDue(BEGIN, scraper);
        want(0, BEGIN.plus(TICK));
        sources.pollIfDue(BEGIN.plus(TICK), scraper);

        assertThat(asked).containsExactly("10.0.0.2", "10.0.0.0");
    }
}
