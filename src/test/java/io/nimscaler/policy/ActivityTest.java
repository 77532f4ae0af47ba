package io.nimscaler.policy;

import static io.nimscaler.policy.Fleets.at;
import static io.nimscaler.policy.Fleets.fleet;
import static io.nimscaler.policy.Fleets.missing;
import static io.nimscaler.policy.Fleets.pods;
import static io.nimscaler.policy.Fleets.starting;
import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.policy.PodReading.Starting;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.wake.Wake;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ActivityTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Trigger trigger =
            Triggers.withoutSteps("activationTargetValue", "0.05", "downscaleStabilizationWindow", "60s");

    private Activity after(Policy policy, Fleet fleet, int seconds) {
        Decision decision = policy.decide(fleet, START);
        for (int i = 1; i <= seconds; i++) {
            decision = policy.decide(fleet, START.plusSeconds(i));
        }
        return Activity.of(decision, trigger);
    }

    @Test
    void quietFleetIsInactiveOnlyAfterAWholeWindow() {
        Policy policy = new Policy(trigger);
        assertThat(after(policy, fleet(1, pods(1, at(.01))), 59)).isEqualTo(Activity.ACTIVE);
        assertThat(Activity.of(policy.decide(fleet(1, pods(1, at(.01))), START.plusSeconds(60)), trigger))
                .isEqualTo(Activity.INACTIVE);
    }

    @Test
    void demandAboveTheActivationTargetIsActive() {
        assertThat(after(new Policy(trigger), fleet(1, pods(1, at(.06))), 120)).isEqualTo(Activity.ACTIVE);
    }

    @Test
    void demandThatDiffersByLessThanTheGridIsNotMore() {
        assertThat(after(new Policy(trigger), fleet(1, pods(1, at(.0504))), 120))
                .isEqualTo(Activity.INACTIVE);
    }

    @Test
    void emptyFleetIsInactive() {
        assertThat(after(new Policy(trigger), fleet(0, List.of()), 0)).isEqualTo(Activity.INACTIVE);
    }

    @Test
    void startingPodsAreActiveUntilTheyAreStuck() {
        assertThat(after(new Policy(trigger), fleet(2, pods(1, at(.01), starting())), 120))
                .isEqualTo(Activity.ACTIVE);
        Starting stuck = new Starting(Duration.ofHours(1), false);
        assertThat(after(new Policy(trigger), fleet(2, pods(1, at(.01), stuck)), 120))
                .isEqualTo(Activity.INACTIVE);
    }

    @Test
    void holdIsActiveBecauseGoingToZeroWouldBeAChange() {
        Policy policy = new Policy(trigger);
        after(policy, fleet(1, pods(1, at(.01))), 60);
        Decision decision = policy.decide(fleet(1, pods(1, missing(.01))), START.plusSeconds(61));
        assertThat(Activity.of(decision, trigger)).isEqualTo(Activity.ACTIVE);
    }

    private static final Wake DEMANDED =
            new Wake.Demanded("gateway", OptionalDouble.of(3), START, Duration.ofMinutes(5));
    private static final Wake QUIET = new Wake.Quiet("gateway", OptionalDouble.of(0));
    private static final Wake UNKNOWN = new Wake.Unknown("gateway", "connection refused");

    static Stream<Arguments> wakes() {
        Fleet none = fleet(0, List.of());
        Fleet oldPodsAtWork = fleet(0, pods(1, at(.9)));
        Fleet idle = fleet(1, pods(1, at(.01)));
        Fleet busy = fleet(1, pods(1, at(.9)));
        Fleet notKnown = new Fleet.NotKnown("x");
        return Stream.of(
                Arguments.of(none, DEMANDED, Activity.ACTIVE),
                Arguments.of(none, QUIET, Activity.INACTIVE),
                Arguments.of(none, UNKNOWN, Activity.UNKNOWN),
                // What its last pods still do is no reason to have new ones
                Arguments.of(oldPodsAtWork, QUIET, Activity.INACTIVE),
                Arguments.of(oldPodsAtWork, UNKNOWN, Activity.UNKNOWN),
                Arguments.of(idle, DEMANDED, Activity.ACTIVE),
                Arguments.of(idle, QUIET, Activity.INACTIVE),
                Arguments.of(idle, UNKNOWN, Activity.ACTIVE),
                Arguments.of(busy, QUIET, Activity.ACTIVE),
                Arguments.of(busy, UNKNOWN, Activity.ACTIVE),
                Arguments.of(notKnown, DEMANDED, Activity.ACTIVE),
                Arguments.of(notKnown, QUIET, Activity.UNKNOWN),
                Arguments.of(notKnown, UNKNOWN, Activity.UNKNOWN));
    }

    @ParameterizedTest
    @MethodSource("wakes")
    void wakeSourceAloneDecidesAtZeroAndNeverLetsGoWhatItCanNotSee(Fleet fleet, Wake wake, Activity expected) {
        Policy policy = new Policy(trigger);
        after(policy, fleet, 120);
        Decision decision = policy.decide(fleet, START.plusSeconds(121));
        assertThat(Activity.of(decision, trigger, Optional.of(wake))).isEqualTo(expected);
    }

    @Test
    void unknownIsNeitherActiveNorInactive() {
        assertThat(after(new Policy(trigger), new Fleet.NotKnown("x"), 0)).isEqualTo(Activity.UNKNOWN);
    }

    @Test
    void missingPodThatMayBeTooBusyToAnswerIsActive() {
        // Given: two pods idle for a whole window
        Policy policy = new Policy(trigger);
        after(policy, fleet(2, pods(2, at(0))), 60);

        // When: one of them does not answer any more, and even so fewer would do
        Decision decision = policy.decide(fleet(2, pods(1, at(0), missing(0))), START.plusSeconds(61));

        // Then
        assertThat(decision).isInstanceOf(Decision.Report.class);
        assertThat(Activity.of(decision, trigger)).isEqualTo(Activity.ACTIVE);
    }

    @Test
    void demandOfTheWindowIsActiveAlsoAtZeroWhenNoPodAnswersAnyMore() {
        Policy policy = new Policy(trigger);
        after(policy, fleet(0, pods(1, at(.9))), 60);
        Decision decision = policy.decide(fleet(0, pods(1, missing(.9))), START.plusSeconds(61));
        assertThat(Activity.of(decision, trigger)).isEqualTo(Activity.ACTIVE);
    }
}
