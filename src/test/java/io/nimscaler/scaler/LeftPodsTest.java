package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.hpa.MetricType;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Addresses that nobody vouches for any more may be other pods' by now: they are not asked. */
class LeftPodsTest extends ScalersFixture {

    @BeforeEach
    void twoPodsAreAsked() {
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        scraper.at("1", .5);
        scraper.at("2", .5);
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(20));
        assertThat(scraper.requests).isNotEmpty();
    }

    @Test
    void noneIsAskedWhereNoTriggerIsLeft() {
        scalers.put(ID, List.of(), false, now);
        pass(Duration.ofSeconds(30));
        scraper.requests.clear();
        pass(Duration.ofMinutes(10));
        assertThat(scraper.requests).isEmpty();
    }

    /** Nothing is decided on its pods, so nobody looks at which there are. */
    @Test
    void noneIsKeptOrAskedWhereTheTriggerDoesNotFitItsMetricType() {
        Trigger sum = Triggers.with("aggregationType", "sum");
        scalers.put(ID, List.of(sum), false, now);
        pass(Duration.ofSeconds(20));
        Trigger unfit = sum.under(MetricType.VALUE);
        assertThat(unfit.mismatch()).isPresent();
        scalers.put(ID, List.of(unfit), false, now);
        pass(Duration.ofMinutes(2));
        scraper.requests.clear();
        pass(Duration.ofMinutes(10));
        assertThat(scraper.requests).isEmpty();
    }

    @Test
    void nothingIsKeptAtOnceOfThoseThatThereIsNoRoomFor() {
        assertThat(scalers.keptOfPods(ID)).isPositive();
        pods.says(new Observation.NoRoom("no room"));
        pass(Duration.ofSeconds(1));
        assertThat(scalers.keptOfPods(ID)).isZero();
        assertThat(snapshot(trigger).pods()).isEmpty();
        scraper.requests.clear();
        pass(Duration.ofMinutes(1));
        assertThat(scraper.requests).isEmpty();
    }

    @Test
    void noneIsKeptOrAskedOnceItIsUnknownForAMinuteWhichPodsThereAre() {
        pods.says(new Observation.NotKnown("rests"));
        pass(Duration.ofMinutes(2));
        scraper.requests.clear();
        pass(Duration.ofMinutes(10));
        assertThat(scraper.requests).isEmpty();
        assertThat(snapshot(trigger).pods()).isEmpty();
    }

    @Test
    void thoseThatGoAtTheMomentOfAnEditAreForgotten() {
        Trigger edited = Triggers.immediate("targetValue", "0.5");
        pods.has(0);
        scalers.put(ID, List.of(edited), false, now);
        pass(Duration.ofSeconds(1));

        assertThat(snapshot(edited).pods()).isEmpty();
        assertThat(scalers.keptOfPods(ID)).isZero();
    }

    @Test
    void whatIsKeptOfThemIsKnownAfterAnEditWhileTheyAreNotSeen() {
        long kept = scalers.keptOfPods(ID);
        pods.says(new Observation.NotKnown("no answer"));
        scalers.put(ID, List.of(Triggers.immediate("targetValue", "0.5")), false, now);
        pass(Duration.ofSeconds(1));

        assertThat(scalers.keptOfPods(ID)).isEqualTo(kept);
    }
}
