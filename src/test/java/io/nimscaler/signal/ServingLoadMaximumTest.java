package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many requests a pod runs at most: given, said, learned, or between two bounds. */
class ServingLoadMaximumTest extends WatchedPods {

    /** Up by the lower bound, down by the upper: nothing changes where the truth may lie on either side of the target. */
    @Nested
    class UnknownMaximum {

        private double perPod(double kvUsage, double running) {
            fleet.aimAt(.8, 4);
            List<PodValue> pods = Collections.nCopies(4, work(kvUsage, running, 0));
            fleet.learn(pods, SECOND);
            return load(pods.getFirst());
        }

        @Test
        void fleetWhosePodsMayBeFullIsHeld() {
            assertThat(perPod(.1, 40)).isCloseTo(.8, EXACT);
        }

        @Test
        void fleetWhosePodsWorkOnFewerThanWereSeenMayGetSmallerByTheUpperBound() {
            perPod(.5, 64);
            assertThat(perPod(.1, 32)).as("of a quarter more").isCloseTo(.4, EXACT);
        }

        @Test
        void fewRequestsFillNoPod() {
            assertThat(perPod(.02, 2)).isCloseTo(.25, EXACT);
        }

        @Test
        void podsThatARolloutAddsOrderNone() {
            fleet.aimAt(.8, 4);
            List<PodValue> pods = Collections.nCopies(8, work(.02, 8, 0));
            fleet.learn(pods, SECOND);
            assertThat(8 * load(pods.getFirst())).isLessThanOrEqualTo(4 * .8 + 1e-9);
        }

        @Test
        void kvCacheThatIsNearlyFullCountsByItself() {
            assertThat(perPod(.9, 20)).isCloseTo(.9, EXACT);
        }

        @Test
        void whatRanAnHourAgoIsForgotten() {
            perPod(.5, 64);
            fleet.learn(List.of(work(.1, 32, 0)), Duration.ofMinutes(61));
            assertThat(perPod(.1, 32)).as("of half more than 32").isCloseTo(1 / 1.5, EXACT);
        }

        @ParameterizedTest(name = "after {0} minutes 32 are {1}")
        @CsvSource({"14, 0.4", "15, 0.33333333333"})
        void mostThatRanInACalmQuarterOfAnHourIsNotTheMaximum(int minutes, double expected) {
            perPod(.5, 64);
            fleet.learn(List.of(work(.1, 32, 0)), Duration.ofMinutes(minutes).minus(SECOND));
            assertThat(perPod(.1, 32)).isCloseTo(expected, EXACT);
        }

        /** Fewer ran: it did not wait for one of those. */
        @ParameterizedTest(name = "while {0} of 64 ran one waited: 32 are {1}")
        @CsvSource({"64, 0.4", "58, 0.4", "57, 0.33333333333"})
        void maximumMayBeWhereOthersWaited(int running, double expected) {
            perPod(.5, 64);
            fleet.learn(List.of(work(.5, running, 1)), Duration.ofMinutes(15));
            assertThat(perPod(.1, 32)).isCloseTo(expected, EXACT);
        }

        /** A gateway that knows the maximum holds what the pods can not take. Then nothing waits in them. */
        @ParameterizedTest(name = "{0} wait at the gateway, {1} later: 32 are {2}")
        @CsvSource({"1, 1, 0.4", "1, NaN, 0.4", "0, 0, 0.33333333333", "NaN, NaN, 0.33333333333"})
        void maximumMayBeWhereOthersWaitAtAGateway(double then, double later, double expected) {
            perPod(.5, 64);
            inFront(then, 0);
            fleet.learn(List.of(work(.5, 64, 0)), SECOND);
            inFront(later, 15);
            fleet.learn(List.of(work(.5, 64, 0)), Duration.ofMinutes(15));
            inFront(0, 16);
            assertThat(perPod(.1, 32)).isCloseTo(expected, EXACT);
        }

        private void inFront(double requests, int minutes) {
            fleet.waitsInFront(
                    Double.isNaN(requests) ? OptionalDouble.empty() : OptionalDouble.of(requests),
                    NOW.plus(Duration.ofMinutes(minutes)));
        }

        @Test
        void maximumThatIsKnownLeavesNoRoomForBounds() {
            fleet.aimAt(.8, 4);
            fleet.learn(List.of(work(.1, 16, 0, 64)), SECOND);
            assertThat(load(work(.1, 16, 0, 64))).isCloseTo(.25, EXACT);
        }
    }

    @Test
    void maximumIsLearnedWhereRequestsWaitForASlotAllTheTime() {
        Watched pod = new Watched();
        pod.read(20, .3, 64, 5);
        assertThat(load(work(.3, 32, 0))).isCloseTo(.5, within(1e-6));
    }

    @Test
    void oneRequestThatWaitsForAMomentTeachesNoMaximum() {
        Watched pod = new Watched();
        pod.read(20, .1, 10, 0);
        pod.read(1, .1, 10, 1);
        pod.read(20, .1, 10, 0);
        assertThat(load(work(.1, 10, 0))).isCloseTo(.1, within(1e-6));
    }

    @Test
    void queueForTheKvCacheTeachesNoMaximum() {
        Watched pod = new Watched();
        pod.read(20, .97, 30, 50);
        assertThat(load(work(.3, 30, 0))).isCloseTo(.3, within(1e-6));
    }

    @Test
    void moreRunningThanTheLearnedMaximumRaisesIt() {
        Watched pod = new Watched();
        pod.read(20, .3, 16, 5);
        pod.read(1, .3, 64, 0);
        assertThat(load(work(.3, 32, 0))).isCloseTo(.5, within(1e-6));
    }

    @Test
    void nightInWhichNothingWaitsForgetsNoMaximum() {
        Watched pod = new Watched();
        pod.read(20, .3, 64, 5);
        fleet.learn(List.of(work(.1, 8, 0)), Duration.ofHours(8));
        fleet.learn(List.of(), SECOND);
        assertThat(load(work(.3, 32, 0))).isCloseTo(.5, within(1e-6));
    }

    @Test
    void slotsBindWhereTheKvCacheIsNotNearlyFull() {
        // The public log: 294 waiting at 46 %
        fleet.learn(List.of(work(.46, 256, 294, 256)), SECOND);
        assertThat(load(work(.46, 256, 294, 256))).isCloseTo(1 + 294 / 256.0, EXACT);
    }

    @Test
    void givenMaximumComesFirst() {
        FleetSignal given = Signals.named(
                        "serving_load",
                        new SignalOptions(OptionalInt.of(32), Duration.ofMinutes(1), OptionalDouble.empty()))
                .ofFleet();
        assertThat(given.valueOf(work(.1, 16, 0, 256)).orElseThrow()).isCloseTo(.5, EXACT);
    }

    @Test
    void wrongMaximumNeverMakesWhatRunsMoreThanFull() {
        assertThat(load(work(.3, 64, 0, 16))).isCloseTo(1, EXACT);
    }

    @Test
    void maximumOfZeroIsNone() {
        assertThat(load(work(.3, 64, 0, 0))).isCloseTo(.3, EXACT);
    }
}
