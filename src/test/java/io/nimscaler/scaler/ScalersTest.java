package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Scale;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.poll.Problem;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.wake.WakeSources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is decided of which ScaledObjects and triggers. */
class ScalersTest extends ScalersFixture {

    @Test
    void sampledFleetIsReported() {
        // Given
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        scraper.at("1", .9);
        scraper.at("2", .95);

        // When
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(4));

        // Then
        assertThat(snapshot(trigger).answer()).isEqualTo(new Answer.Value(1850));
        assertThat(decided).last().isEqualTo(snapshot(trigger));
    }

    @Test
    void fleetThatIsNotKnownIsUnknownThoughItsPodsWereSampled() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.at("1", .5);
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(4));
        pods.says(new Observation.NotKnown("forbidden"));
        pass(Duration.ofSeconds(2));
        assertThat(snapshot(trigger).answer()).isEqualTo(new Answer.Unavailable("forbidden"));
    }

    @Test
    void fleetOverTheBoundIsUnknownAndNothingOfItIsCut() {
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        scraper.at("1", .9);
        scraper.at("2", .95);
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(4));

        for (Scale huge :
                List.of(new Scale(5_001, 2), new Scale(2, Integer.MAX_VALUE), new Scale(Integer.MAX_VALUE, 2))) {
            pods.has(huge, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
            pass(Duration.ofSeconds(2));
            assertThat(snapshot(trigger).answer())
                    .isEqualTo(new Answer.Unavailable(
                            "expected at most 5000 pods, got " + Math.max(huge.spec(), huge.status())));
        }

        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        pass(Duration.ofSeconds(2));
        assertThat(snapshot(trigger).answer()).isEqualTo(new Answer.Value(1850));
    }

    @Test
    void podThatIsOffLimitsIsNeverAskedAndNeverReadsAsLowLoad() {
        // Given
        pods.has(
                2,
                FakePods.ready("1", LONG_AGO).offLimits("it uses its node's network"),
                FakePods.ready("2", LONG_AGO));
        scraper.at("1", 0);
        scraper.at("2", .1);

        // When
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofMinutes(1));

        // Then
        assertThat(scraper.requests)
                .isNotEmpty()
                .allMatch(request -> request.host().equals("10.0.0.2"));
        assertThat(pod(0).state()).isEqualTo(PodState.MISSING);
        assertThat(pod(0).problem()).hasValue(new Problem(ScrapeFailure.NOT_ALLOWED, "it uses its node's network"));
        // It counts as T, so that its replica stays: 0.1 + 0.70
        assertThat(snapshot(trigger).answer()).isEqualTo(new Answer.Value(800));
    }

    @Test
    void triggersOfOneMetricHaveNamesInTheirOrderWhichOutliveAnEdit() {
        Trigger second = Triggers.immediate("targetValue", "0.5");
        Trigger third = Triggers.immediate("targetValue", "0.6", "port", "9000");
        Trigger edited = Triggers.immediate("targetValue", "0.4");
        scalers.put(ID, List.of(trigger, second, third), false, now);
        pass(Duration.ofSeconds(1));
        assertThat(List.of(trigger, second, third))
                .extracting(of -> snapshot(of).triggerName())
                .containsExactly("gpu_cache_usage_perc", "gpu_cache_usage_perc-2", "gpu_cache_usage_perc-3");

        scalers.put(ID, List.of(edited, trigger, third), false, now);
        pass(Duration.ofSeconds(1));
        assertThat(List.of(edited, trigger, third))
                .extracting(of -> snapshot(of).triggerName())
                .containsExactly("gpu_cache_usage_perc-2", "gpu_cache_usage_perc", "gpu_cache_usage_perc-3");
    }

    @Test
    void shadowDecidesBesideWhatIsReportedAndIsNotFoundInItsPlace() {
        // Given
        Trigger both = Triggers.immediate("shadow.targetValue", "0.4");
        Trigger shadow = both.shadow().orElseThrow();
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        scraper.at("1", .9);
        scraper.at("2", .95);

        // When
        scalers.put(ID, List.of(both), false, now);
        pass(Duration.ofSeconds(4));

        // Then
        assertThat(snapshot(both).hpaDesiredReplicas()).hasValue(3);
        assertThat(scalers.snapshot(ID, shadow)).isEmpty();
        assertThat(scalers.snapshots()).extracting(Snapshot::shadow).containsExactly(false, true);
        Snapshot beside = scalers.snapshots().getLast();
        assertThat(beside.triggerName()).isEqualTo(snapshot(both).triggerName());
        assertThat(beside.hpaDesiredReplicas()).hasValue(5);
        assertThat(scraper.requests).hasSizeBetween(4, 6);
    }

    @Test
    void whatIsReportedIsTheSameWithAndWithoutAShadow() {
        Trigger plain = Triggers.with();
        Trigger both = Triggers.with("shadow.metric", "num_requests_waiting", "shadow.targetValue", "4");
        List<Decision> without = decisionsOnALife(plain);
        now = Instant.parse("2026-01-01T00:00:00Z");
        assertThat(decisionsOnALife(both)).isEqualTo(without).hasSizeGreaterThan(100);
    }

    private List<Decision> decisionsOnALife(Trigger of) {
        FakePods fleet = new FakePods();
        FakeScraper answers = new FakeScraper();
        List<Snapshot> made = new ArrayList<>();
        Scalers own = new Scalers(fleet, answers, WakeSources.none(), GpuExporters.none(), made::add);
        Random random = new Random(5);
        own.put(ID, List.of(of), false, now);
        for (int second = 0; second < 120; second++) {
            if (second % 10 == 0) {
                fleet.has(1 + random.nextInt(3), FakePods.ready("1", LONG_AGO), FakePods.starting("2", now));
                if (random.nextBoolean()) {
                    answers.at("1", random.nextDouble());
                } else {
                    answers.refuses("1");
                }
            }
            now = now.plusSeconds(1);
            own.tick(ID, now);
        }
        return made.stream()
                .filter(snapshot -> !snapshot.shadow())
                .map(Snapshot::decision)
                .toList();
    }

    @Test
    void shadowGoesWithItsKeysAndIsNotWaitedFor() {
        // Given a shadow whose signal no pod has
        Trigger both =
                Triggers.immediate("shadow.metric", "not_there", "shadow.targetValue", "4", "unavailableAfter", "0s");
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.at("1", .5);
        scalers.put(ID, List.of(both), false, now);
        pass(Duration.ofSeconds(20));
        assertThat(scalers.snapshots().getLast().decision()).isInstanceOf(Decision.Unknown.class);
        assertThat(scalers.allHaveDecided()).isTrue();

        // When
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(2));

        // Then
        assertThat(scalers.snapshots()).extracting(Snapshot::shadow).containsExactly(false);
    }

    @Test
    void removedScaledObjectIsAskedNoMore() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(4));
        scalers.remove(ID);
        int before = scraper.requests.size();
        pass(Duration.ofSeconds(10));
        assertThat(scraper.requests).hasSize(before);
        assertThat(scalers.snapshot(ID, trigger)).isEmpty();
    }

    @Test
    void snapshotOfAScalerThatStoppedDecidingIsNotCurrent() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(1));
        Instant decidedAt = snapshot(trigger).decision().basis().at();
        assertThat(snapshot(trigger).isCurrent(decidedAt.plusSeconds(15))).isTrue();
        assertThat(snapshot(trigger).isCurrent(decidedAt.plusSeconds(16))).isFalse();
    }
}
