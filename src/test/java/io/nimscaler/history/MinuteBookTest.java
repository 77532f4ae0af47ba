package io.nimscaler.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Policy;
import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.PodState;
import io.nimscaler.scaler.PodStatus;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.signal.Sample;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Decisions become minutes. */
class MinuteBookTest {

    private static final ScaledObjectId ID = new ScaledObjectId("ns", "llm");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Optional<Minute.Limits> LIMITS = Optional.of(new Minute.Limits(1, 10));

    private final MinuteBook book = new MinuteBook();
    private final List<KeptMinute> ended = new ArrayList<>();
    private Trigger trigger = Triggers.immediate();
    private Policy policy = new Policy(trigger);

    private void decide(Instant at, Fleet fleet, double... values) {
        List<PodStatus> pods = new ArrayList<>();
        for (double value : values) {
            pods.add(new PodStatus(
                    "pod", Optional.empty(), PodState.SAMPLED, Optional.of(new Sample(value, at)), Optional.empty()));
        }
        book.add(new Snapshot(ID, trigger, policy.decide(fleet, at), pods), LIMITS)
                .ifPresent(ended::add);
    }

    private void decide(Instant at, int spec, double... values) {
        List<PodReading> readings = new ArrayList<>();
        for (double value : values) {
            readings.add(new PodReading.Sampled(value));
        }
        decide(at, new Fleet.Known(new Scale(spec, spec), values.length, readings), values);
    }

    private Minute onlyMinute() {
        ended.addAll(book.end());
        assertThat(ended).hasSize(1);
        return ended.getFirst().minute();
    }

    @Test
    void aMinuteHasTheLowestTheMeanAndTheHighestOfItsDecisions() {
        for (int second = 0; second < 60; second++) {
            decide(START.plusSeconds(second), second < 30 ? 2 : 3, second / 100.0, .9);
        }

        Minute minute = onlyMinute();

        assertThat(minute.at()).isEqualTo(START);
        assertThat(minute.decided().total()).isEqualTo(60);
        assertThat(minute.demand()).contains(new Range(.9, 1.195, 1.49));
        assertThat(minute.knownDemand()).isEqualTo(60);
        assertThat(minute.busiest()).hasValue(.9);
        assertThat(minute.replicas().orElseThrow().wanted()).isEqualTo(new Range(2, 2.5, 3));
        assertThat(minute.replicas().orElseThrow().sampled()).isEqualTo(2);
        assertThat(minute.traffic()).isEqualTo(Minute.Traffic.UNKNOWN);
        assertThat(ended.getFirst().header())
                .isEqualTo(MinuteHeader.of(new TriggerId(ID, trigger.metricName()), trigger, LIMITS));
    }

    @Test
    void aMinuteEndsWithTheFirstDecisionOfTheNext() {
        decide(START.plusSeconds(59), 1, .5);
        assertThat(ended).isEmpty();
        decide(START.plusSeconds(60), 1, .5);
        decide(START.plusSeconds(200), 1, .5);

        ended.addAll(book.end());

        assertThat(ended.stream().map(kept -> kept.minute().at()))
                .containsExactly(START, START.plusSeconds(60), START.plusSeconds(180));
    }

    @Test
    void whatIsUnknownIsNoZero() {
        for (int second = 0; second < 60; second++) {
            decide(START.plusSeconds(second), new Fleet.NotKnown("the API server does not answer"));
        }

        Minute minute = onlyMinute();

        assertThat(minute.decided().unknown()).isEqualTo(60);
        assertThat(minute.demand()).isEmpty();
        assertThat(minute.replicas()).isEmpty();
        assertThat(minute.busiest()).isEmpty();
        assertThat(minute.decided().hpa()).isEmpty();
    }

    @Test
    void theMeanOfADemandIsOverTheDecisionsThatKnewIt() {
        for (int second = 0; second < 30; second++) {
            decide(START.plusSeconds(second), 1, .5);
        }
        for (int second = 30; second < 60; second++) {
            decide(
                    START.plusSeconds(second),
                    new Fleet.Known(
                            new Scale(1, 1),
                            1,
                            List.of(new PodReading.Missing(OptionalDouble.empty(), Duration.ofSeconds(second - 30L)))));
        }

        Minute minute = onlyMinute();

        assertThat(minute.demand()).contains(Range.of(.5));
        assertThat(minute.knownDemand()).isEqualTo(30);
        assertThat(minute.decided().holds()).containsEntry(HoldReason.NO_SAMPLES, 30);
        assertThat(minute.replicas().orElseThrow().missing()).isEqualTo(.5);
    }

    @Test
    void anEditEndsTheMinuteAndManyEditsDoNotMakeManyLines() {
        decide(START, 1, .5);
        for (int second = 1; second < 60; second++) {
            trigger = Triggers.immediate("targetValue", "0." + (10 + second));
            policy = new Policy(trigger);
            decide(START.plusSeconds(second), 1, .5);
        }
        decide(START.plusSeconds(60), 1, .5);
        ended.addAll(book.end());

        assertThat(ended).hasSize(5);
        assertThat(ended.stream().map(kept -> kept.header().metadata().get("targetValue")))
                .containsExactly("0.7", "0.11", "0.12", "0.13", "0.69");
        assertThat(ended.getLast().minute().at()).isEqualTo(START.plusSeconds(60));
    }

    @Test
    void aTriggerThatIsGoneIsEndedAndForgotten() {
        decide(START, 1, .5);

        assertThat(book.retain(List.of())).hasSize(1);
        assertThat(book.retain(List.of())).isEmpty();
    }
}
