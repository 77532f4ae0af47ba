package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.policy.Activity;
import io.nimscaler.policy.Answers;
import io.nimscaler.policy.Scale;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.wake.WakeSources;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two replicas of the scaler that look at the same fleet; KEDA asks now this one, now that one. */
class TwoReplicasTest {

    private static final ScaledObjectId ID = new ScaledObjectId("ns", "llm");

    private final Random random = new Random(3);
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    /** One of them, with a clock of its own. */
    private final class Replica {

        private final Trigger trigger;
        private final Duration ahead;
        private final Scalers scalers;

        Replica(Trigger trigger, SimulatedFleet fleet, Duration ahead) {
            this.trigger = trigger;
            this.ahead = ahead;
            this.scalers = new Scalers(fleet, fleet, WakeSources.none(), GpuExporters.none(), _ -> {});
            scalers.put(ID, List.of(trigger), false, now.plus(ahead));
        }

        void tick() {
            scalers.tick(ID, now.plus(ahead));
        }

        Snapshot snapshot() {
            return scalers.snapshot(ID, trigger).orElseThrow();
        }

        /** What the HPA ends with that asks this one. Without an answer it changes nothing, and it never goes below 1. */
        long hpaEndsAt() {
            Snapshot snapshot = snapshot();
            Scale scale = scalers.observe(ID) instanceof Observation.Known(Scale present, int _, var _)
                    ? present
                    : snapshot.decision().basis().known().orElseThrow().scale();
            Answers answers = new Answers(trigger);
            return Math.max(
                    1,
                    answers.hpaDesiredReplicas(
                                    snapshot.answer(scale),
                                    scale,
                                    snapshot.decision()
                                            .basis()
                                            .known()
                                            .orElseThrow()
                                            .fleet()
                                            .readyPods())
                            .orElse(scale.spec()));
        }

        boolean isWindowFull() {
            return snapshot().decision().basis().windows().isFull();
        }
    }

    private void pass(Duration time, SimulatedFleet fleet, Replica... replicas) {
        Instant end = now.plus(time);
        while (now.isBefore(end)) {
            now = now.plusMillis(50);
            fleet.at(now);
            for (Replica replica : replicas) {
                replica.tick();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"250ms", "2s", "5s", "30s"})
    void agreeOnTheDemandWithinTwoPolls(String pollInterval) {
        // Given: one began in the middle of the other's life, and their clocks differ
        Trigger trigger = Triggers.with("pollInterval", pollInterval);
        Duration twoPolls = trigger.reading().pollInterval().multipliedBy(2);
        SimulatedFleet fleet = new SimulatedFleet(5, Duration.ofSeconds(20), now);
        fleet.load(3);
        Replica older = new Replica(trigger, fleet, Duration.ZERO);
        pass(Duration.ofSeconds(77), fleet, older);
        Replica younger = new Replica(trigger, fleet, Duration.ofMillis(1234));
        pass(trigger.reading().pollInterval(), fleet, older, younger);

        for (int change = 0; change < 50; change++) {
            // When
            fleet.load(random.nextDouble() * 5);
            pass(twoPolls, fleet, older, younger);

            // Then
            assertThat(younger.snapshot().decision().basis().demand())
                    .isPresent()
                    .isEqualTo(older.snapshot().decision().basis().demand());
            pass(Duration.ofMillis(random.nextInt(3000)), fleet, older, younger);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void youngerOneTakesNothingAwayThatTheOlderOneWouldNotUntilItsWindowIsFull(int seed) {
        // Given: an older one that has seen a whole window
        random.setSeed(seed);
        Trigger trigger =
                Triggers.with("downscaleStabilizationWindow", "2m", "smoothingUp", seed % 2 == 0 ? "5s" : "0s");
        SimulatedFleet fleet = new SimulatedFleet(4, Duration.ofSeconds(20), now);
        fleet.load(2.6);
        Replica older = new Replica(trigger, fleet, Duration.ZERO);
        pass(Duration.ofMinutes(3), fleet, older);

        // When one begins after the peak
        fleet.load(0);
        Replica younger = new Replica(trigger, fleet, Duration.ofMillis(random.nextInt(2000)));
        pass(Duration.ofSeconds(1), fleet, older, younger);
        int compared = 0;
        while (!younger.isWindowFull() && compared < 500) {
            if (random.nextInt(10) == 0) {
                fleet.load(random.nextDouble() * 8);
            }
            if (random.nextInt(15) == 0) {
                fleet.silence(random.nextInt(3));
            }
            if (random.nextInt(60) == 0) {
                fleet.rollOut();
            }
            pass(Duration.ofMillis(250 + random.nextInt(2000)), fleet, older, younger);

            // Then
            assertThat(younger.hpaEndsAt())
                    .as(
                            "%s by the younger, %s by the older one",
                            younger.snapshot().decision(), older.snapshot().decision())
                    .isGreaterThanOrEqualTo(Math.min(fleet.spec(), older.hpaEndsAt()));
            assertThat(older.snapshot().activity() == Activity.ACTIVE
                            && younger.snapshot().activity() == Activity.INACTIVE)
                    .isFalse();
            if (random.nextInt(8) == 0) {
                fleet.scaleTo((int) Math.min(10, (random.nextBoolean() ? older : younger).hpaEndsAt()));
            }
            compared++;
        }
        assertThat(compared).isGreaterThan(50);
    }
}
