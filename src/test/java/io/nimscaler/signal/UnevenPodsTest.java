package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.signal.PodValue.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Slow pods that are full while the others have room; a target of 0.85. Here a pod's load is its KV usage. */
class UnevenPodsTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final double TARGET = .85;

    private final UnevenPods unevenPods = new UnevenPods(MINUTE);

    private static Work pod(double load, double completed) {
        return pod(load, completed, true, false);
    }

    private static Work pod(double load, double completed, boolean comparable, boolean still) {
        return new Work(
                load,
                OptionalDouble.of(20),
                0,
                OptionalDouble.empty(),
                new Pace(
                        Pace.Batch.UNKNOWN,
                        Pace.Batch.UNKNOWN,
                        true,
                        !comparable,
                        !comparable,
                        1,
                        100,
                        1,
                        1000,
                        0,
                        completed,
                        comparable,
                        0,
                        false,
                        still,
                        0));
    }

    /** So many pods of a kind, and the others at 0.40 that completed 100 requests each. */
    private static List<Work> fleet(int pods, int some, Work kind) {
        List<Work> fleet = new ArrayList<>();
        for (int i = 0; i < pods; i++) {
            fleet.add(i < some ? kind : pod(.4, 100));
        }
        return fleet;
    }

    private Optional<Uneven> after(int minutes, List<Work> fleet) {
        Optional<Uneven> last = Optional.empty();
        for (int second = 0; second < 60 * minutes; second++) {
            last = unevenPods.of(fleet, Work::kvUsage, TARGET, Duration.ofSeconds(1));
        }
        return last;
    }

    private double askedOf(List<Work> fleet) {
        return after(10, fleet).map(Uneven::load).orElse(0.0);
    }

    @Test
    void fleetWhoseSlowPodsAreFullCountsAsFullAsThese() {
        Optional<Uneven> uneven = after(10, fleet(9, 3, pod(1, 80)));
        assertThat(uneven.map(Uneven::full)).hasValue(3);
        assertThat(uneven.orElseThrow().load()).isCloseTo(9, within(1e-9));
    }

    @Test
    void noMoreThanAQuarterMoreIsAskedForAtOnce() {
        assertThat(askedOf(fleet(9, 3, pod(1.6, 80)))).isCloseTo(9 * 1.25 * TARGET, within(1e-9));
    }

    /** What is asked for falls with their load: the replicas that came take their part. */
    @Test
    void slowPodsBelowTheTargetKeepAsManyReplicasAsTheyNeed() {
        assertThat(askedOf(fleet(9, 3, pod(.8, 95)))).isCloseTo(9 * .8, within(1e-9));
    }

    @ParameterizedTest(name = "{0} of {1} pods: {2} times the target")
    @CsvSource({
        // One pod may be broken, however few or many there are
        "1, 2, 0",
        "1, 4, 0",
        "1, 40, 0",
        // A quarter orders, a sixth keeps what is there
        "2, 4, 1.1765",
        "2, 8, 1.1765",
        "2, 9, 1",
        "2, 12, 1",
        "2, 13, 0",
        "3, 12, 1.1765",
        "3, 13, 1",
        "10, 40, 1.1765",
        "10, 41, 1"
    })
    void howManyPodsAreEnough(int slow, int pods, double timesTarget) {
        assertThat(askedOf(fleet(pods, slow, pod(1, 80)))).isCloseTo(pods * timesTarget * TARGET, within(1e-3 * pods));
    }

    /** So what is ordered for pods that no replica helps comes to an end: each order is of a quarter at most, and the next needs a quarter. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 10})
    void podsThatNoReplicaHelpsOrderLessThanFourForEachOfThemAndOneStepMore(int slow) {
        int pods = 2 * slow;
        for (int order = 0; order < 100; order++) {
            double asked = new UnevenPodsTest().askedOf(fleet(pods, slow, pod(1.25, 80)));
            int wanted = (int) Math.ceil(asked / TARGET - 1e-6);
            assertThat(wanted).isGreaterThanOrEqualTo(pods);
            pods = wanted;
        }
        assertThat(pods).isLessThanOrEqualTo(5 * slow + 1);
        assertThat(askedOf(fleet(pods, slow, pod(1.25, 80)))).isCloseTo(pods * TARGET, within(1e-6));
    }

    @ParameterizedTest(name = "completed {0} where the others completed 100")
    @CsvSource({
        "80, true",
        "110, true",
        // More work came to them: sticky sessions, or a cache. What another replica would take of it is not known
        "130, false",
        // Too many replicas would be needed to help it, or it is broken
        "50, false",
        "20, false",
        "0, false"
    })
    void onlyPodsThatCompleteAboutAsManyRequestsAreSlow(double completed, boolean counts) {
        assertThat(askedOf(fleet(9, 3, pod(1, completed))) > 0).isEqualTo(counts);
    }

    @Test
    void podsThatDoNotMoveOrderNothing() {
        assertThat(after(10, fleet(9, 3, pod(1, 80, true, true)))).isEmpty();
    }

    @Test
    void podsThatAreAllAlikeAskForNothingMore() {
        assertThat(after(10, fleet(9, 9, pod(.95, 100)))).isEmpty();
    }

    @Test
    void whereFewRequestsAreCompletedNothingIsKnown() {
        assertThat(after(10, fleet(9, 9, pod(.2, 9)))).isEmpty();
        List<Work> quiet = new ArrayList<>(fleet(9, 3, pod(1, 8)));
        quiet.replaceAll(each -> each.kvUsage() < 1 ? pod(.4, 9) : each);
        assertThat(after(10, quiet)).isEmpty();
    }

    /** It would order for a burst that the pods which are there work off, and the same again while new ones come. */
    @Test
    void whileAPodIsNewNothingMoreIsOrderedAndWhatIsThereStays() {
        List<Work> slow = fleet(9, 3, pod(1.2, 80));
        after(10, slow);
        List<Work> withNew = new ArrayList<>(slow);
        withNew.add(pod(.1, 3, false, false));
        assertThat(after(10, withNew).orElseThrow().load()).isCloseTo(10 * TARGET, within(1e-9));
    }

    @Test
    void scalerThatHasJustStartedOrdersNothingFor2Minutes() {
        List<Work> slow = fleet(9, 3, pod(1.2, 80));
        assertThat(after(1, slow).orElseThrow().load()).isCloseTo(9 * TARGET, within(1e-9));
        assertThat(after(1, slow).orElseThrow().load()).isGreaterThan(9 * TARGET);
    }

    @Test
    void burstOfAFewSecondsOrdersNothing() {
        after(10, fleet(9, 3, pod(.6, 95)));
        List<Work> burst = fleet(9, 3, pod(1.25, 95));
        Optional<Uneven> last = Optional.empty();
        for (int i = 0; i < 15; i++) {
            last = unevenPods.of(burst, Work::kvUsage, TARGET, Duration.ofSeconds(1));
        }
        assertThat(last.orElseThrow().load()).isLessThan(9 * TARGET);
    }
}
