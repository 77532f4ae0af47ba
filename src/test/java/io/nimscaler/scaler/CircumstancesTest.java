package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.nimscaler.poll.ScrapeResult.Scraped;
import io.nimscaler.signal.Traffic;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.wake.WakeSources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is told beside decisions: requests, tokens, start-ups. No decision is another for it. */
class CircumstancesTest extends ScalersFixture {

    private final List<Snapshot> watched = new ArrayList<>();
    private final Scalers watching =
            new Scalers(pods, scraper, WakeSources.none(), GpuExporters.none(), watched::add, true);
    private int asked;

    private void watch(Duration time) {
        Instant end = now.plus(time);
        while (now.isBefore(end)) {
            now = now.plusMillis(50);
            watching.tick(ID, now);
            scalers.tick(ID, now);
        }
    }

    private void begin() {
        watching.put(ID, List.of(trigger), false, now);
        scalers.put(ID, List.of(trigger), false, now);
    }

    private Circumstances latest() {
        return watched.getLast().circumstances();
    }

    private static SampleLine series(String name, double value) {
        return new SampleLine(name, Map.of(), value, OptionalLong.empty());
    }

    private Scraped busy() {
        asked++;
        return new Scraped(List.of(
                series("gpu_cache_usage_perc", .5),
                series("num_requests_running", 10),
                series("num_requests_waiting", 2),
                series("prompt_tokens_total", 1000.0 * asked)));
    }

    @Test
    void requestsAreThoseOfAllPodsAndNoDecisionIsAnotherForThem() {
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        Stream.of("1", "2").forEach(pod -> scraper.answers(pod, _ -> busy()));
        begin();
        watch(Duration.ofSeconds(40));

        assertThat(latest().traffic().running()).hasValue(20);
        assertThat(latest().traffic().waiting()).hasValue(4);
        assertThat(latest().traffic().promptTokens()).isPresent();
        assertThat(latest().traffic().generationTokens()).isEmpty();
        assertThat(watched.stream().map(Snapshot::decision))
                .containsExactlyElementsOf(
                        decided.stream().map(Snapshot::decision).toList());
        assertThat(decided).allMatch(snapshot -> snapshot.circumstances().equals(Circumstances.UNWATCHED));
    }

    @Test
    void whereAPodIsMissingTheTotalIsUnknown() {
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        Stream.of("1", "2").forEach(pod -> scraper.answers(pod, _ -> busy()));
        begin();
        watch(Duration.ofSeconds(10));
        scraper.answers("2", _ -> new Failed(ScrapeFailure.TIMEOUT, "took longer than 5s"));
        watch(Duration.ofSeconds(30));

        assertThat(latest().traffic()).isEqualTo(Traffic.UNKNOWN);
    }

    @Test
    void whatIsReadBesideMakesNoPathTheRightOne() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.answers(
                "1",
                request -> request.path().equals("/metrics")
                        ? FakeScraper.kv(.5)
                        : new Scraped(List.of(series("prompt_tokens_total", 5))));
        begin();
        watch(Duration.ofSeconds(10));

        assertThat(watched.getLast().pods().getFirst().sample()).isPresent();
    }

    @Test
    void aStartUpIsToldOnceAndOnlyOfAPodThatWasSeenStarting() {
        Instant scheduled = now.minusSeconds(60);
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.starting("2", scheduled));
        Stream.of("1", "2").forEach(pod -> scraper.at(pod, .5));
        begin();
        watch(Duration.ofSeconds(30));
        assertThat(watched)
                .allMatch(snapshot -> snapshot.circumstances().startUps().isEmpty());

        Instant ready = now;
        Pod second = FakePods.ready("2", scheduled);
        pods.has(
                2,
                FakePods.ready("1", LONG_AGO),
                new Pod(second.uid(), second.name(), second.access(), Pod.Startup.ready(scheduled, ready)));
        watch(Duration.ofSeconds(30));

        assertThat(watched.stream().flatMap(snapshot -> snapshot.circumstances().startUps().stream()))
                .containsExactly(Duration.between(scheduled, ready));
    }

    @Test
    void anEditKeepsWhatIsWatched() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.answers("1", _ -> busy());
        begin();
        watch(Duration.ofSeconds(40));
        watching.put(ID, List.of(Triggers.immediate("targetValue", "0.60")), false, now);
        watch(Duration.ofSeconds(2));

        assertThat(latest().traffic().promptTokens()).isPresent();
    }
}
