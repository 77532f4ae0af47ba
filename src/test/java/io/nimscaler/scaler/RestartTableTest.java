package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.hpa.HpaFormula;
import io.nimscaler.hpa.HpaModel;
import io.nimscaler.hpa.MetricType;
import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Answers;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.wake.WakeSources;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The restart rule in every combination: at one moment the load changes and the scaler restarts, the model is rolled out, the
 * ScaledObject is made anew, KEDA restarts, or several of them at once. None of it takes a replica away that the peak needed,
 * and none keeps one away that is needed now.
 */
class RestartTableTest {

    private static final ScaledObjectId ID = new ScaledObjectId("ns", "llm");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration HPA_SYNC = Duration.ofSeconds(15);
    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final Duration SCALER_AWAY = Duration.ofSeconds(20);
    private static final Duration KEDA_AWAY = Duration.ofSeconds(60);
    private static final Trigger TRIGGER = Triggers.with();
    private static final int BEFORE = 4;

    /** What happens at the moment. */
    private record Events(boolean restart, boolean rollout, boolean newScaledObject, boolean kedaRestart) {

        static Stream<Events> all() {
            return IntStream.range(0, 16)
                    .mapToObj(bits -> new Events((bits & 1) > 0, (bits & 2) > 0, (bits & 4) > 0, (bits & 8) > 0));
        }
    }

    /** A fleet, its scaler, KEDA between them and an HPA that follows. */
    private static final class World {

        private final SimulatedFleet fleet = new SimulatedFleet(BEFORE, Duration.ofSeconds(30), START);
        private final HpaModel hpa = new HpaModel(
                new HpaFormula(TRIGGER.stabilization().tolerance()), MetricType.AVERAGE_VALUE, 1, 20, Duration.ZERO);
        private Instant now = START;
        private Instant scalerBackAt = START;
        private Instant kedaBackAt = START;
        private Scalers scalers = newScalers();

        World() {
            fleet.load(BEFORE * .66);
            scalers.put(ID, List.of(TRIGGER), false, now);
        }

        private Scalers newScalers() {
            return new Scalers(fleet, fleet, WakeSources.none(), GpuExporters.none(), _ -> {});
        }

        void happens(Events events) {
            if (events.rollout()) {
                fleet.rollOut();
            }
            if (events.kedaRestart()) {
                kedaBackAt = now.plus(KEDA_AWAY);
            }
            if (events.newScaledObject()) {
                scalers.remove(ID);
                scalers.put(ID, List.of(TRIGGER), false, now);
            }
            if (events.restart()) {
                scalerBackAt = now.plus(SCALER_AWAY);
                scalers = newScalers();
            }
        }

        /** The fewest and most replicas of this time. */
        List<Integer> pass(Duration time) {
            int fewest = fleet.spec();
            int most = fleet.spec();
            Instant end = now.plus(time);
            while (now.isBefore(end)) {
                now = now.plusMillis(250);
                fleet.at(now);
                if (!now.isBefore(scalerBackAt)) {
                    if (scalers.scaledObjects().isEmpty()) {
                        scalers.put(ID, List.of(TRIGGER), false, now);
                    }
                    scalers.tick(ID, now);
                }
                if (Duration.between(START, now).toMillis() % HPA_SYNC.toMillis() == 0) {
                    fleet.scaleTo(hpa.sync(
                            metric(),
                            new Answers(TRIGGER).targetMilli(),
                            fleet.spec(),
                            fleet.scale().status(),
                            0,
                            now));
                }
                fewest = Math.min(fewest, fleet.spec());
                most = Math.max(most, fleet.spec());
            }
            return List.of(fewest, most);
        }

        private OptionalLong metric() {
            if (now.isBefore(kedaBackAt)) {
                return OptionalLong.empty();
            }
            return scalers.snapshot(ID, TRIGGER)
                                    .map(snapshot -> scalers.presentAnswer(snapshot))
                                    .orElse(new Answer.Unavailable("nothing decided"))
                            instanceof Answer.Value(long milli)
                    ? OptionalLong.of(milli)
                    : OptionalLong.empty();
        }
    }

    static Stream<Arguments> combinations() {
        return Events.all().map(Arguments::of);
    }

    private static World atThePeak() {
        World world = new World();
        assertThat(world.pass(WINDOW.plusMinutes(1))).containsExactly(BEFORE, BEFORE);
        return world;
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void loadThatFallsTakesNothingAwayForAWholeWindowAndSomethingAfterIt(Events events) {
        World world = atThePeak();
        world.fleet.load(.4);
        world.happens(events);
        assertThat(world.pass(WINDOW)).containsExactly(BEFORE, BEFORE);
        // In two steps
        world.pass(WINDOW.multipliedBy(3));
        assertThat(world.fleet.spec()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void loadThatStaysChangesNothing(Events events) {
        World world = atThePeak();
        world.happens(events);
        assertThat(world.pass(WINDOW.multipliedBy(3))).containsExactly(BEFORE, BEFORE);
        assertThat(world.fleet.isRolledOut()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void loadThatRisesGetsItsReplicas(Events events) {
        World world = atThePeak();
        world.fleet.load(6 * .66);
        world.happens(events);
        // At most: KEDA away for a minute, a surge pod that starts for half of one, the smoothing, a sync
        Duration within = (events.kedaRestart() ? KEDA_AWAY : Duration.ZERO)
                .plus(events.restart() ? SCALER_AWAY : Duration.ZERO)
                .plusSeconds(60);
        assertThat(world.pass(within).getFirst()).isEqualTo(BEFORE);
        assertThat(world.fleet.spec()).isGreaterThanOrEqualTo(6);
    }
}
