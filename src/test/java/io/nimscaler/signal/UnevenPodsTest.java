package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.signal.PodValue.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Slow pods that are full while the others have room; a target of 0.85. Here a pod's load is its KV usage. */
class UnevenPodsTest {

    private static final double TARGET = .85;

    private static Work pod(double load, double completed) {
        return pod(load, completed, true, false);
    }

    private static Work pod(double load, double completed, boolean comparable, boolean still) {
        return pod(load, load, completed, comparable, still);
    }

    private static Work pod(double load, double lately, double completed, boolean comparable, boolean still) {
        return new Work(load, OptionalDouble.of(20), 0, OptionalDouble.empty(), TestPace.watched(pace -> {
            pace.tooEarly = !comparable;
            pace.young = !comparable;
            pace.tokens = 100;
            pace.completed = 1;
            pace.tokensGrown = 1000;
            pace.completedGrown = completed;
            pace.comparable = comparable;
            pace.still = still;
            pace.lately = new Pace.Lately(lately, 20, 0);
        }));
    }

    /** So many pods of a kind, and the others at 0.40 that completed 100 requests each. */
    private static List<Work> fleet(int pods, int some, Work kind) {
        List<Work> fleet = new ArrayList<>();
        for (int i = 0; i < pods; i++) {
            fleet.add(i < some ? kind : pod(.4, 100));
        }
        return fleet;
    }

    private static Optional<Uneven> uneven(List<Work> fleet) {
        return UnevenPods.of(fleet, Work::kvUsage, TARGET);
    }

    private static double askedOf(List<Work> fleet) {
        return uneven(fleet).map(Uneven::load).orElse(0.0);
    }

    @Test
    void fleetWhoseSlowPodsAreFullCountsAsFullAsThese() {
        Optional<Uneven> uneven = uneven(fleet(9, 3, pod(1, 80)));
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
            double asked = askedOf(fleet(pods, slow, pod(1.25, 80)));
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
        assertThat(uneven(fleet(9, 3, pod(1, 80, true, true)))).isEmpty();
    }

    @Test
    void podsThatAreAllAlikeAskForNothingMore() {
        assertThat(uneven(fleet(9, 9, pod(.95, 100)))).isEmpty();
    }

    @Test
    void whereFewRequestsAreCompletedNothingIsKnown() {
        assertThat(uneven(fleet(9, 9, pod(.2, 9)))).isEmpty();
        List<Work> quiet = new ArrayList<>(fleet(9, 3, pod(1, 8)));
        quiet.replaceAll(each -> each.kvUsage() < 1 ? pod(.4, 9) : each);
        assertThat(uneven(quiet)).isEmpty();
    }

    /** It would order for a burst that the pods which are there work off, and the same again while new ones come. */
    @Test
    void whileAPodIsNewNothingMoreIsOrderedAndWhatIsThereStays() {
        List<Work> withNew = fleet(9, 3, pod(1.2, 80));
        withNew.add(pod(.1, 3, false, false));
        assertThat(uneven(withNew).orElseThrow().load()).isCloseTo(10 * TARGET, within(1e-9));
    }

    /** By chance: another pod is the fullest a minute later. */
    @Test
    void howFullPodsAreNowDoesNotMatter() {
        assertThat(uneven(fleet(9, 3, pod(1, .45, 100, true, false)))).isEmpty();
        assertThat(uneven(fleet(9, 3, pod(.4, 1, 80, true, false)))).isPresent();
    }

    /** Requests of all lengths come to pods with four slots each, one after another, for a day. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void equalPodsWithFewSlotsAreSeldomTakenForSlow(long seed) {
        int found = 0;
        EqualPods pods = new EqualPods(seed);
        for (int second = 0; second < 86_400; second++) {
            found += uneven(pods.nextSecond()).isPresent() ? 1 : 0;
        }
        assertThat(found).isLessThan(86_400 / 20);
    }

    /** Eight pods with four slots each that carry 0.55 of what they can; a request takes half a minute on average. */
    private static final class EqualPods {

        private static final int SLOTS = 4;
        private static final double SECONDS = 30;
        private static final int REMEMBERED = 300;

        private final Random random;
        private final List<List<Double>> left = new ArrayList<>();
        private final List<int[]> completed = new ArrayList<>();
        private final Pace.Lately[] lately = new Pace.Lately[8];
        private double next;
        private int arrived;
        private int now;

        EqualPods(long seed) {
            random = new Random(seed);
            Arrays.setAll(lately, _ -> {
                left.add(new ArrayList<>());
                completed.add(new int[REMEMBERED]);
                return new Pace.Lately(.55, 0, 0);
            });
        }

        List<Work> nextSecond() {
            now++;
            for (; next < now; next += exponential(SECONDS / (.55 * lately.length * SLOTS))) {
                left.get(arrived++ % lately.length).add(exponential(SECONDS));
            }
            List<Work> read = new ArrayList<>();
            for (int pod = 0; pod < lately.length; pod++) {
                List<Double> requests = left.get(pod);
                int before = requests.size();
                for (int i = 0; i < Math.min(SLOTS, before); i++) {
                    requests.set(i, requests.get(i) - 1);
                }
                requests.removeIf(seconds -> seconds <= 0);
                completed.get(pod)[now % REMEMBERED] = before - requests.size();
                double load = requests.size() / (double) SLOTS;
                lately[pod] = lately[pod].with(Math.pow(2, -1 / 120.0), load, 0, 0);
                read.add(pod(
                        load,
                        lately[pod].kvUsage(),
                        Arrays.stream(completed.get(pod)).sum(),
                        true,
                        false));
            }
            return read;
        }

        private double exponential(double mean) {
            return -mean * Math.log(1 - random.nextDouble());
        }
    }
}
