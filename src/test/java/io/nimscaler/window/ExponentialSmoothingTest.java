package io.nimscaler.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ExponentialSmoothingTest {

    private final ExponentialSmoothing smoothing =
            new ExponentialSmoothing(Duration.ofSeconds(10), Duration.ofSeconds(30));

    @Test
    void firstSampleIsTakenAsItIs() {
        assertThat(smoothing.value()).isEmpty();
        assertThat(smoothing.update(4, Duration.ofSeconds(1))).isEqualTo(4);
    }

    @Test
    void halfOfAFallHasArrivedAfterTheHalfLifeOfTheWayDown() {
        smoothing.update(4, Duration.ZERO);
        assertThat(smoothing.update(2, Duration.ofSeconds(30))).isCloseTo(3, within(1e-12));
        assertThat(smoothing.update(2, Duration.ofSeconds(30))).isCloseTo(2.5, within(1e-12));
    }

    @Test
    void halfOfARiseHasArrivedAfterTheHalfLifeOfTheWayUp() {
        smoothing.update(2, Duration.ZERO);
        assertThat(smoothing.update(4, Duration.ofSeconds(10))).isCloseTo(3, within(1e-12));
    }

    @Test
    void halfLifeOfZeroIsNoSmoothing() {
        ExponentialSmoothing none = new ExponentialSmoothing(Duration.ZERO, Duration.ZERO);
        none.update(2, Duration.ZERO);
        assertThat(none.update(4, Duration.ZERO)).isEqualTo(4);
        assertThat(none.update(1, Duration.ZERO)).isEqualTo(1);
    }

    @Test
    void raisingLiftsButNeverLowers() {
        smoothing.update(2, Duration.ZERO);
        smoothing.raiseTo(3);
        smoothing.raiseTo(1);
        assertThat(smoothing.value()).hasValue(3);
    }
}
