package io.nimscaler.policy;

import static io.nimscaler.policy.Fleets.at;
import static io.nimscaler.policy.Fleets.fleet;
import static io.nimscaler.policy.Fleets.missing;
import static io.nimscaler.policy.Fleets.pods;
import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.hpa.HpaFormula;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code deciding.md}, "The answer". */
class AnswersTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Trigger trigger = Triggers.immediate();

    private static Decision held(Trigger trigger, int spec) {
        return new Policy(trigger).decide(fleet(spec, pods(spec, missing(.9))), START);
    }

    @ParameterizedTest
    @CsvSource({"4, 4, 2800", "4, 0, 2800", "4, 5, 2800", "10, 11, 6930", "1, 1, 700"})
    void holdIsTheNumberAtWhichTheHpaEndsAtSpec(int spec, int status, long milli) {
        Answer answer = new Answers(trigger).value(held(trigger, spec), new Scale(spec, status));
        assertThat(answer).isInstanceOf(Answer.Value.class);
        long actual = ((Answer.Value) answer).milli();
        assertThat(new HpaFormula(.1).averageValue(actual, 700, status)).isEqualTo(spec);
        assertThat(actual).isBetween(milli - 1, milli);
    }

    @Test
    void holdThatNoValueCanExpressIsUnavailable() {
        Answer answer = new Answers(trigger).value(held(trigger, 19), new Scale(19, 20));
        assertThat(answer).isInstanceOf(Answer.Unavailable.class);
    }

    @Test
    void everyHoldOfAFleetUpToThirtyEndsAtSpecOrIsUnavailable() {
        for (int spec = 1; spec <= 30; spec++) {
            for (int status = 0; status <= 40; status++) {
                Answer answer = new Answers(trigger).value(held(trigger, spec), new Scale(spec, status));
                if (answer instanceof Answer.Value(long milli)) {
                    assertThat(new HpaFormula(.1).averageValue(milli, 700, status))
                            .as("spec %d status %d milli %d", spec, status, milli)
                            .isEqualTo(spec);
                } else {
                    assertThat((double) spec / status)
                            .as("spec %d status %d", spec, status)
                            .isBetween(.9, 1.1);
                }
            }
        }
    }

    /** A rollout that is paused, a canary, a quota: one pod more than wanted for hours. */
    @Test
    void demandWithinToleranceIsHeldWhileASurgePodTakesItsShare() {
        Fleet.Known fleet = fleet(4, 5, pods(5, at(.588)));
        assertThat(Fleets.hpaEndsAt(new Policy(trigger).decide(fleet, START), trigger))
                .isEqualTo(4);
        assertThat(new Answers(trigger).value(new Policy(trigger).decide(fleet, START), fleet.scale()))
                .isEqualTo(new Answer.Value(2800));
    }

    /** With a static fallback of KEDA's, an answer that is missing takes replicas away. */
    @Test
    void sixteenReplicasAreAnsweredThroughoutARollout() {
        for (int status = 16; status <= 20; status++) {
            for (double load = .91; load < 1.1; load += .01) {
                Fleet.Known fleet = fleet(16, status, pods(status, at(load * .7 * 16 / status)));
                Decision decision = new Policy(trigger).decide(fleet, START);
                assertThat(new Answers(trigger).value(decision, fleet.scale()))
                        .as("status %d load %s", status, load)
                        .isInstanceOf(Answer.Value.class);
                assertThat(Fleets.hpaEndsAt(decision, trigger)).isEqualTo(16);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sum", "average", "max"})
    void noAnswerIsWithheldWhereAnyValueWouldHold(String type) {
        Trigger of = Triggers.immediate("aggregationType", type);
        for (int spec = 1; spec <= 24; spec++) {
            for (int status = 1; status <= 30; status++) {
                boolean perPod = of.aggregationType().isPerPod();
                boolean canHold = perPod || anyValueHolds(spec, status);
                // Only a value per pod is multiplied by ready pods
                for (int readyPods = perPod ? 0 : status; readyPods <= status; readyPods++) {
                    for (double load : new double[] {.5, .92, 1, 1.05, 1.08, 1.5}) {
                        List<PodReading> pods = pods(status, at(load * .7 * spec / status));
                        Fleet.Known fleet = new Fleet.Known(new Scale(spec, status), readyPods, pods);
                        Decision decision = new Policy(of).decide(fleet, START);
                        boolean held = load > .9 && load < 1.1;
                        String state = "spec %d status %d ready %d load %s".formatted(spec, status, readyPods, load);
                        if (new Answers(of).value(decision, fleet.scale()) instanceof Answer.Unavailable) {
                            assertThat(held && !canHold).as(state).isTrue();
                        } else if (held) {
                            assertThat(Fleets.hpaEndsAt(decision, of)).as(state).isEqualTo(spec);
                        }
                    }
                }
            }
        }
    }

    private static boolean anyValueHolds(int spec, int status) {
        HpaFormula hpa = new HpaFormula(.1);
        return IntStream.rangeClosed(0, 700 * 2 * Math.max(spec, status))
                .anyMatch(milli -> hpa.averageValue(milli, 700, status) == spec);
    }

    @Test
    void holdUnderMetricTypeValueIsTheTargetValue() {
        Trigger average = Triggers.immediate("aggregationType", "average");
        assertThat(new Answers(average).value(held(average, 4), new Scale(4, 5)))
                .isEqualTo(new Answer.Value(700));
    }

    @Test
    void reportIsRoundedToTheNearestThousandth() {
        // 3 · 0.7 in doubles is 2.0999999999999996
        Decision decision = new Policy(trigger).decide(fleet(1, pods(3, at(.7))), START);
        assertThat(new Answers(trigger).value(decision, new Scale(1, 1))).isEqualTo(new Answer.Value(2100));
    }

    @Test
    void reportPerPodIsRoundedDown() {
        Trigger average = Triggers.immediate("aggregationType", "average");
        Decision decision = new Policy(average).decide(fleet(3, List.of(at(.1), at(.1), at(.2))), START);
        assertThat(new Answers(average).value(decision, new Scale(3, 3))).isEqualTo(new Answer.Value(133));
    }

    @Test
    void maxIsTheHighestPod() {
        Trigger max = Triggers.immediate("aggregationType", "max");
        Decision decision = new Policy(max).decide(fleet(3, List.of(at(.1), at(.9), at(.2))), START);
        assertThat(new Answers(max).value(decision, new Scale(3, 3))).isEqualTo(new Answer.Value(900));
    }

    @Test
    void unknownIsUnavailableAndNeverANumber() {
        Decision unknown = new Policy(trigger).decide(new Fleet.NotKnown("forbidden"), START);
        assertThat(new Answers(trigger).value(unknown, new Scale(4, 4))).isEqualTo(new Answer.Unavailable("forbidden"));
    }

    @Test
    void hugeDemandIsBoundedRatherThanInfinite() {
        Decision decision = new Policy(trigger).decide(fleet(1, pods(2, at(1e300))), START);
        assertThat(new Answers(trigger).value(decision, new Scale(1, 1))).isEqualTo(new Answer.Value(1L << 53));
    }

    @Test
    void totalThatIsNotFiniteIsUnknownAndLeavesNothingBehind() {
        Policy policy = new Policy(Triggers.immediate("smoothingUp", "5s", "smoothingDown", "5s"));
        policy.decide(fleet(2, pods(2, at(.9))), START);
        assertThat(policy.decide(fleet(2, pods(2, at(Double.MAX_VALUE))), START.plusSeconds(1)))
                .isInstanceOf(Decision.Unknown.class);
        Decision after = policy.decide(fleet(2, pods(2, at(.9))), START.plusSeconds(2));
        assertThat(after.basis().windows().smoothed()).hasValue(1.8);
    }

    @Test
    void downscaleThatWasJudgedAtOtherReplicasIsHeldAtThePresentOnes() {
        // At one replica there was nothing to protect; since then somebody has scaled to four
        Decision decision = new Policy(Triggers.with()).decide(fleet(1, pods(1, at(.1))), START);
        assertThat(new Answers(trigger).value(decision, new Scale(4, 4))).isEqualTo(new Answer.Value(2800));
    }

    @Test
    void changeThatNoValueExpressesExactlyIsAskedForByTheNearest() {
        // 10 pods are ready where 8 are wanted: the HPA can end at 8, 9 or 12, not at 10
        Trigger average = Triggers.immediate("aggregationType", "average", "targetValue", "0.9");
        Decision decision = new Policy(average).decide(fleet(8, pods(10, at(.84))), START);
        Answer.Value value = (Answer.Value) new Answers(average).value(decision, new Scale(8, 8));
        assertThat(new HpaFormula(.1).value(value.milli(), 900, 8, 10)).isEqualTo(9);
    }
}
