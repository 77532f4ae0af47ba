package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.signal.PodValue.Work;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A pod that says it has requests and does not move: all its clients left at once, and its engine writes no gauges before its next request.
 * Or it hangs. Its queue asks for no replicas while others show that requests are served.
 */
class ServingLoadStillTest extends WatchedPods {

    private static final double TARGET = .85;

    /** It worked for two minutes, and then said the same for so many scrapes of 2 s. */
    private Work still(int scrapes, double running, double waiting) {
        Watched pod = new Watched();
        Work last = work(0, 0, 0);
        for (int i = 0; i < 60; i++) {
            last = pod.read(.9, running, waiting, 100 * running, running / 10);
        }
        for (int i = 0; i < scrapes; i++) {
            last = pod.read(.9, running, waiting, 0, 0);
        }
        return work(last, 100);
    }

    private Work moving(double running, double waiting, double tokensASecond) {
        Watched pod = new Watched();
        return read60Times(_ -> pod.read(running / 100, running, waiting, tokensASecond, tokensASecond / 1000));
    }

    private static Work read60Times(IntFunction<Work> scrape) {
        Work last = scrape.apply(0);
        for (int i = 1; i < 60; i++) {
            last = scrape.apply(i);
        }
        return work(last, 100);
    }

    private void learn(Work... pods) {
        fleet.aimAt(TARGET, pods.length);
        fleet.learn(List.of(pods), SECOND);
    }

    @ParameterizedTest(name = "beside one that runs {0} and generates {1} a second")
    @CsvSource({"0, 0", "20, 2000"})
    void podThatDoesNotMoveKeepsItsReplicaAndOrdersNone(double running, double tokensASecond) {
        Work still = still(20, 20, 100);
        Work other = moving(running, 0, tokensASecond);
        learn(still, other);
        assertThat(load(still)).isCloseTo(TARGET, EXACT);
        assertThat(load(other)).isLessThan(TARGET);
    }

    /** Nobody serves: replicas would. */
    @Test
    void podThatDoesNotMoveOrdersWhatItsQueueHoldsWhereNoOtherServes() {
        Work still = still(20, 20, 100);
        learn(still, still(20, 20, 100));
        assertThat(load(still)).isGreaterThan(3);
    }

    /** Neither is a pod that was just found and looks idle one that serves. */
    @Test
    void podThatWasJustFoundDoesNotShowThatItServes() {
        Work still = still(20, 20, 100);
        learn(still, work(new Watched().read(0, 0, 0, 0, 0), 100));
        assertThat(load(still)).isGreaterThan(3);
    }

    @Test
    void podThatMovedWithinHalfAMinuteCounts() {
        Work slow = still(12, 20, 100);
        learn(slow, moving(0, 0, 0));
        assertThat(load(slow)).isGreaterThan(1);
    }

    /** It reads long prompts: its KV cache fills, and nothing is generated. */
    @Test
    void podWhoseCacheFillsMoves() {
        Watched pod = new Watched();
        Work last = read60Times(i -> pod.read(.2 + i / 200.0, 20, 100, 0, 0));
        learn(last, moving(0, 0, 0));
        assertThat(load(last)).isGreaterThan(3);
    }

    /** What is not counted is not known to stand. */
    @Test
    void podThatCountsNoTokensMayMove() {
        Watched pod = new Watched();
        Work last = read60Times(_ -> pod.read(.9, 20, 100));
        learn(last, moving(0, 0, 0));
        assertThat(load(last)).isGreaterThan(3);
    }

    @Test
    void podThatShowsLessThanItsTargetShowsItStill() {
        Watched pod = new Watched();
        Work last = read60Times(_ -> pod.read(.3, 20, 0, 0, 0));
        learn(last, moving(0, 0, 0));
        assertThat(load(last)).isBetween(.3, TARGET);
    }

    /** The others' queue asks for what it asks for without it: the queue that stands is not part of theirs. */
    @Test
    void queueThatDoesNotMoveDoesNotMakeTheOthersSmaller() {
        Work other = moving(100, 40, 10_000);
        learn(other, other);
        double without = load(other);
        learn(still(20, 20, 1000), other, other);
        assertThat(load(other)).isCloseTo(without, within(.02)).isGreaterThan(1);
    }
}
