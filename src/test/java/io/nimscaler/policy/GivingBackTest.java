package io.nimscaler.policy;

import static io.nimscaler.policy.Fleets.at;
import static io.nimscaler.policy.Fleets.fleet;
import static io.nimscaler.policy.Fleets.missing;
import static io.nimscaler.policy.Fleets.pods;
import static io.nimscaler.policy.Fleets.starting;
import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody else cuts a fleet. T = 0.70, 10 %; 5 replicas at 0.68 are 3.4. */
class GivingBackTest {

    private static final Trigger TRIGGER = Triggers.withoutSteps("downscaleStabilizationWindow", "60s");
    private static final Fleet FIVE = fleet(5, pods(5, at(.68)));

    private final Policy policy = new Policy(TRIGGER);
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private Decision live(Fleet fleet, int seconds) {
        Decision decision = policy.decide(fleet, now);
        for (int i = 1; i < seconds; i++) {
            decision = step(fleet);
        }
        return decision;
    }

    private Decision step(Fleet fleet) {
        now = now.plusSeconds(1);
        return policy.decide(fleet, now);
    }

    private static long ends(Decision decision) {
        return Fleets.hpaEndsAt(decision, TRIGGER);
    }

    static Stream<Arguments> afterTheCut() {
        return Stream.of(
                // The pods that are left can not say what is needed
                Arguments.of("1 starting (1)", fleet(1, List.of(starting())), 5),
                Arguments.of("2 starting (2)", fleet(2, pods(2, starting())), 5),
                Arguments.of("1 missing (1)", fleet(1, List.of(missing(.68))), 5),
                Arguments.of("1 missing, 1 starting (2)", fleet(2, List.of(missing(.68), starting())), 5),
                // They are full
                Arguments.of("1 at 1.0 (1)", fleet(1, List.of(at(1.0))), 5),
                Arguments.of("1 at 1.0, 1 starting (2)", fleet(2, List.of(at(1.0), starting())), 5),
                // They carry the load
                Arguments.of("1 at 0.5 (1)", fleet(1, List.of(at(.5))), 1),
                Arguments.of("2 at 0.68 (2)", fleet(2, pods(2, at(.68))), 2),
                Arguments.of("1 at 0.5, 1 starting (2)", fleet(2, List.of(at(.5), starting())), 2),
                // Nothing was taken that matters
                Arguments.of("5 starting (5)", fleet(5, pods(5, starting())), 5));
    }

    @ParameterizedTest(name = "{0} → {2}")
    @MethodSource("afterTheCut")
    void whatTheWindowRemembersIsAskedBack(String name, Fleet left, long replicas) {
        live(FIVE, 70);
        assertThat(ends(step(left))).isEqualTo(replicas);
        assertThat(ends(live(left, 20))).isEqualTo(replicas);
    }

    @Test
    void withoutACutAFleetThatStartsIsHeldWhateverTheWindowRemembers() {
        // Given 1 replica that is not followed: the HPA is at its maximum, or waits
        live(fleet(1, List.of(at(1.0))), 70);

        // When its pod starts anew
        Decision decision = step(fleet(1, List.of(starting())));

        // Then
        assertThat(decision).isInstanceOf(Decision.Hold.class);
        assertThat(decision.basis().windows().highest()).hasValue(1.0);
    }

    @Test
    void scaleUpInProgressIsHeldAsBefore() {
        // Given more is asked for, and the HPA goes there in steps
        live(fleet(2, pods(2, at(1.0))), 70);

        // When it has gone one, and the pods are replaced
        Decision decision = step(fleet(3, pods(3, starting())));

        // Then
        assertThat(decision).isInstanceOf(Decision.Hold.class);
        assertThat(ends(decision)).isEqualTo(3);
    }

    @Test
    void scaleDownOfOursIsNoCut() {
        // Given the load fell to 1.3 and the window has passed: 2 are asked for
        live(FIVE, 70);
        assertThat(ends(live(fleet(5, pods(5, at(.26))), 70))).isEqualTo(2);

        // When the HPA has followed, and the pods are replaced
        Decision decision = step(fleet(2, pods(2, starting())));

        // Then
        assertThat(decision).isInstanceOf(Decision.Hold.class);
    }

    @Test
    void fleetThatIsBackIsHeldAgain() {
        live(FIVE, 70);
        step(fleet(1, List.of(starting())));
        assertThat(step(fleet(5, pods(5, starting())))).isInstanceOf(Decision.Hold.class);
        // Not even where our own decision takes some away afterwards
        live(fleet(5, pods(5, at(.26))), 140);
        assertThat(step(fleet(2, pods(2, starting())))).isInstanceOf(Decision.Hold.class);
    }

    @Test
    void whatIsNotNeededAnyMoreIsNotOwed() {
        live(FIVE, 70);
        // The pod that was left carries all there is, for longer than the window
        live(fleet(1, List.of(at(.5))), 80);
        assertThat(step(fleet(1, List.of(starting())))).isInstanceOf(Decision.Hold.class);
        live(fleet(1, List.of(at(1.0))), 5);
        assertThat(step(fleet(1, List.of(starting())))).isInstanceOf(Decision.Hold.class);
    }

    @Test
    void unknownStaysUnknown() {
        live(FIVE, 70);
        step(fleet(1, List.of(missing(.68))));
        assertThat(live(fleet(1, List.of(missing(.68))), 40)).isInstanceOf(Decision.Unknown.class);
        assertThat(step(new Fleet.NotKnown("forbidden"))).isInstanceOf(Decision.Unknown.class);
    }

    @Test
    void afterATimeThatIsNotKnownNobodyIsBlamed() {
        live(FIVE, 70);
        step(new Fleet.NotKnown("the API server is away"));
        // KEDA's fallback may have acted
        assertThat(step(fleet(1, List.of(starting())))).isInstanceOf(Decision.Hold.class);
    }

    @Test
    void deadlineOfStartingHoldsHereToo() {
        live(FIVE, 70);
        step(fleet(1, List.of(starting())));
        PodReading stuck = new PodReading.Starting(Duration.ofMinutes(16), false);
        assertThat(step(fleet(1, List.of(stuck)))).isInstanceOf(Decision.Unknown.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void overAnyStoryItNeverAsksForFewerThanWithoutTheRuleNorForMoreThanTheWindowRemembers(int seed) {
        // The rule only ever matters after a cut; a story has rises, falls, cuts and restarts of all pods
        Random random = new Random(seed);
        int spec = 5;
        for (int i = 0; i < 3_000; i++) {
            if (random.nextInt(100) == 0) {
                spec = 1 + random.nextInt(8);
            }
            double value = random.nextDouble();
            PodReading each = random.nextInt(3) == 0 ? starting() : at(value);
            Decision decision = step(fleet(spec, pods(spec, each)));
            long highest = (long)
                    Math.ceil(Math.rint(decision.basis().windows().highest().orElse(0) * 1000) / 700);
            assertThat(ends(decision)).isLessThanOrEqualTo(Math.max(spec, highest));
            if (each instanceof PodReading.Starting) {
                assertThat(ends(decision)).isGreaterThanOrEqualTo(spec);
            }
            if (random.nextInt(20) == 0) {
                spec = Math.clamp(ends(decision), 1, 20);
            }
        }
    }
}
