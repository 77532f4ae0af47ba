package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How full a pod was lately: a half-life of two windows, so of two minutes. */
class LatelyTest extends WatchedPods {

    private static Pace.Lately lately(PodValue.Work read) {
        return read.pace().lately();
    }

    private PodValue.Work empty(Watched pod) {
        return pod.read(1, 0, 0, 0);
    }

    @Test
    void podThatWasJustFoundIsAsFullAsItSays() {
        assertThat(lately(new Watched().read(1, .5, 20, 4))).isEqualTo(new Pace.Lately(.5, 20, 4));
    }

    @ParameterizedTest
    @ValueSource(longs = {2, 5, 10})
    void halfOfAChangeHasArrivedAfterTwoMinutes(long seconds) {
        Watched pod = new Watched(seconds);
        empty(pod);
        PodValue.Work read = pod.read((int) (120 / seconds), .8, 20, 4);
        assertThat(read.lately().kvUsage()).isCloseTo(.4, EXACT);
        assertThat(read.lately().running().orElseThrow()).isCloseTo(10, EXACT);
        assertThat(read.lately().waiting()).isCloseTo(2, EXACT);
    }

    @Test
    void burstOfAFewSecondsIsLittleOfIt() {
        Watched pod = new Watched();
        empty(pod);
        assertThat(lately(pod.read(7, 1, 20, 4)).kvUsage()).isCloseTo(.08, within(.005));
    }

    @Test
    void afterALongGapItBeginsAnew() {
        Watched pod = new Watched();
        pod.read(30, 1, 20, 4);
        pod.now = pod.now.plus(Duration.ofMinutes(3));
        assertThat(lately(empty(pod))).isEqualTo(new Pace.Lately(0, 0, 0));
    }

    @Test
    void podThatDoesNotSayWhatRunsIsAsFullAsItSays() {
        PodValue.Work read = new PodValue.Work(.5, OptionalDouble.empty(), 0, OptionalDouble.empty(), Pace.UNKNOWN);
        assertThat(read.lately()).isEqualTo(read);
    }
}
