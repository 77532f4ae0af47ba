package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.hpa.MetricType;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.trigger.WrittenMetadata;
import io.nimscaler.wake.WakeSources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When many ScaledObjects decide and ask, with time in the test's hand. */
class TurnsTest {

    private static final Duration TICK = Duration.ofMillis(50);
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00.317Z");

    /** Who decides at a tick, and who is asked. */
    private record Done(Instant at, List<String> decided, List<String> asked) {}

    private static final class Process {

        private final FakeScraper scraper = new FakeScraper();
        private final List<Snapshot> decided = new ArrayList<>();
        private final Scalers scalers;

        Process(FakePods pods) {
            scalers = new Scalers(pods, scraper, WakeSources.none(), GpuExporters.none(), decided::add);
            scraper.at("1", 0.5);
            scraper.at("2", 0.5);
        }

        void put(int number, Trigger... triggers) {
            put(number, BEGIN, triggers);
        }

        void put(int number, Instant now, Trigger... triggers) {
            scalers.put(id(number), List.of(triggers), false, now);
        }

        /** Lets the time of a tick pass for those that are due. */
        Done tick(Instant now) {
            return tick(now, scalers.due(now));
        }

        Done tickAll(Instant now) {
            return tick(now, List.copyOf(scalers.scaledObjects()));
        }

        private Done tick(Instant now, List<ScaledObjectId> which) {
            decided.clear();
            scraper.requests.clear();
            which.forEach(id -> scalers.tick(id, now));
            return new Done(
                    now,
                    decided.stream()
                            .map(snapshot -> snapshot.scaledObject() + " " + snapshot.triggerName() + " "
                                    + snapshot.shadow() + " " + snapshot.answer())
                            .sorted()
                            .toList(),
                    scraper.requests.stream().map(ScrapeRequest::host).sorted().toList());
        }
    }

    private static ScaledObjectId id(int number) {
        return new ScaledObjectId("ns", "llm-" + number);
    }

    private static FakePods twoPods() {
        FakePods pods = new FakePods();
        pods.has(2, FakePods.ready("1", BEGIN.minusSeconds(900)), FakePods.ready("2", BEGIN.minusSeconds(900)));
        return pods;
    }

    @Test
    void aNewTriggerDecidesAtOnceWhateverItsPhase() {
        for (int number = 0; number < 50; number++) {
            Process process = new Process(twoPods());
            process.put(number, Triggers.immediate());

            assertThat(process.tick(BEGIN).decided()).hasSize(1);
        }
    }

    @Test
    void anEditedTriggerDecidesAtOnce() {
        Process process = new Process(twoPods());
        process.put(1, Triggers.immediate());
        process.tick(BEGIN);
        process.put(1, BEGIN.plus(TICK), Triggers.immediate("tolerance", "0.2"));

        assertThat(process.tick(BEGIN.plus(TICK)).decided()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"2s,1000", "1s,1000", "750ms,750", "250ms,250"})
    void decisionsAreNeverFurtherApartThanTheInterval(String pollInterval, int millis) {
        Duration most = Duration.ofMillis(millis).plus(TICK);
        for (int number = 0; number < 20; number++) {
            Process process = new Process(twoPods());
            process.put(number, Triggers.immediate("pollInterval", pollInterval));
            Instant last = BEGIN;
            for (Instant now = BEGIN; now.isBefore(BEGIN.plusSeconds(20)); now = now.plus(TICK)) {
                last = process.tick(now).decided().isEmpty() ? last : now;

                assertThat(Duration.between(last, now)).isLessThan(most);
            }
        }
    }

    @Test
    void aThousandDoNotDecideAtOnce() {
        Process process = new Process(twoPods());
        for (int number = 0; number < 1_000; number++) {
            process.put(number, Triggers.immediate());
        }
        process.tick(BEGIN);
        List<Integer> ofTicks = new ArrayList<>();
        for (int tick = 1; tick <= 100; tick++) {
            ofTicks.add(
                    process.tick(BEGIN.plus(TICK.multipliedBy(tick))).decided().size());
        }

        // 50 each on average; names as they are drawn at random would lie within 5 standard deviations, 35 of them
        assertThat(ofTicks).allSatisfy(number -> assertThat(number).isBetween(15, 85));
        assertThat(ofTicks.stream().mapToInt(number -> number).sum()).isEqualTo(5_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 317, 999, 86_400_000})
    void replicasDecideAtTheSameMomentsWheneverTheyWereStarted(int startedLaterMillis) {
        Process one = new Process(twoPods());
        Process other = new Process(twoPods());
        Instant otherBegan = BEGIN.plusMillis(startedLaterMillis);
        for (int number = 0; number < 20; number++) {
            one.put(number, Triggers.immediate());
            other.put(number, otherBegan, Triggers.immediate());
        }
        one.tick(otherBegan.minus(TICK));
        other.tick(otherBegan);
        one.tick(otherBegan);
        for (Instant now = otherBegan.plus(TICK); now.isBefore(otherBegan.plusSeconds(5)); now = now.plus(TICK)) {
            assertThat(other.tick(now).decided()).isEqualTo(one.tick(now).decided());
        }
    }

    @Test
    void triggersOfOneScaledObjectDecideTogether() {
        Process process = new Process(twoPods());
        process.put(1, Triggers.immediate(), Triggers.immediate("metric", "num_requests_waiting"));
        for (Instant now = BEGIN; now.isBefore(BEGIN.plusSeconds(5)); now = now.plus(TICK)) {
            assertThat(process.tick(now).decided().size()).isIn(0, 2);
        }
    }

    /** What looks only at those that are due does what a look at all of them every time does. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void nothingIsLeftUndone(long seed) {
        Random random = new Random(seed);
        FakePods pods = twoPods();
        Process due = new Process(pods);
        Process all = new Process(pods);
        List<Trigger> triggers = List.of(
                Triggers.immediate(),
                Triggers.immediate("pollInterval", "5s"),
                Triggers.immediate("pollInterval", "250ms"),
                Triggers.immediate("metric", "num_requests_waiting"),
                Triggers.immediate("shadow.tolerance", "0.3"));
        for (Instant now = BEGIN; now.isBefore(BEGIN.plusSeconds(60)); now = now.plus(TICK)) {
            int number = random.nextInt(8);
            int what = random.nextInt(40);
            if (what == 0) {
                due.scalers.remove(id(number));
                all.scalers.remove(id(number));
            } else if (what == 1) {
                Trigger[] some = Stream.of(triggers.get(random.nextInt(5)), triggers.get(1))
                        .distinct()
                        .toArray(Trigger[]::new);
                due.put(number, now, some);
                all.put(number, now, some);
            } else if (what == 2) {
                pods.says(new Observation.NotKnown("away"));
            } else if (what == 3) {
                pods.has(2, FakePods.ready("1", BEGIN), FakePods.starting("2", now));
            }

            assertThat(due.tick(now)).isEqualTo(all.tickAll(now));
        }
    }

    @Test
    void whatIsNotDueIsNotLookedAt() {
        Process process = new Process(twoPods());
        for (int number = 0; number < 200; number++) {
            process.put(number, Triggers.immediate("pollInterval", "30s"));
        }
        Map<ScaledObjectId, Integer> looks = new HashMap<>();
        for (Instant now = BEGIN; now.isBefore(BEGIN.plusSeconds(60)); now = now.plus(TICK)) {
            process.scalers.due(now).forEach(id -> looks.merge(id, 1, Integer::sum));
            process.tick(now);
        }

        // A decision a second and some requests, where each tick would be 1,200
        assertThat(looks.values())
                .hasSize(200)
                .allSatisfy(number -> assertThat(number).isLessThan(75));
    }

    @Test
    void whatACallWasRefusedForIsForgottenThoughNothingElseIsDue() {
        Process process = new Process(twoPods());
        process.scalers.put(id(1), List.of(), Set.of(TriggerByCall.any(MetricType.AVERAGE_VALUE)), BEGIN);
        process.scalers.refused(id(1), "targetValue: expected a number", BEGIN);
        assertThat(process.scalers.notices()).hasSize(1);
        for (Instant now = BEGIN; now.isBefore(BEGIN.plusSeconds(302)); now = now.plus(TICK)) {
            process.tick(now);
        }

        assertThat(process.scalers.notices()).isEmpty();
    }

    @Test
    void aTriggerThatNobodyCallsAnyMoreIsForgotten() {
        Process process = new Process(twoPods());
        process.scalers.put(id(1), List.of(), Set.of(TriggerByCall.any(MetricType.AVERAGE_VALUE)), BEGIN);
        process.scalers.adopt(id(1), Triggers.immediate(), WrittenMetadata.of(Map.of()), BEGIN);
        assertThat(process.tick(BEGIN).decided()).hasSize(1);
        Done last = new Done(BEGIN, List.of(), List.of());
        for (Instant now = BEGIN; now.isBefore(BEGIN.plusSeconds(303)); now = now.plus(TICK)) {
            last = process.tick(now);
        }

        assertThat(last.decided()).isEmpty();
        assertThat(process.scalers.snapshots()).isEmpty();
    }
}
