package io.nimscaler.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SlidingExtremeTest {

    private record Seen(long at, double value) {}

    static IntStream seeds() {
        return IntStream.range(0, 200);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void extremesAreThoseThatAPlainScanFinds(int seed) {
        Random random = new Random(seed);
        long window = random.nextInt(20);
        SlidingExtreme highest = SlidingExtreme.highestOf(Duration.ofSeconds(window));
        SlidingExtreme lowest = SlidingExtreme.lowestOf(Duration.ofSeconds(window));
        List<Seen> seen = new ArrayList<>();
        long now = 0;
        for (int i = 0; i < 200; i++) {
            int elapsed = random.nextInt(4);
            double value = random.nextInt(10);
            now += elapsed;
            seen.add(new Seen(now, value));
            highest.add(value, Duration.ofSeconds(elapsed));
            lowest.add(value, Duration.ofSeconds(elapsed));
            long oldest = now - window;
            double[] inside = seen.stream()
                    .filter(each -> each.at() >= oldest)
                    .mapToDouble(Seen::value)
                    .toArray();
            assertThat(highest.value().orElseThrow())
                    .isEqualTo(java.util.Arrays.stream(inside).max().orElseThrow());
            assertThat(lowest.value().orElseThrow())
                    .isEqualTo(java.util.Arrays.stream(inside).min().orElseThrow());
        }
    }

    @Test
    void isFullOnceAsMuchTimeWasObservedAsItIsLong() {
        SlidingExtreme window = SlidingExtreme.highestOf(Duration.ofSeconds(10));
        window.add(1, Duration.ZERO);
        window.add(1, Duration.ofSeconds(9));
        assertThat(window.remaining()).isEqualTo(Duration.ofSeconds(1));
        window.add(1, Duration.ofSeconds(1));
        assertThat(window.remaining()).isZero();
    }

    @Test
    void shorterWindowIsFullWithWhatTheLongerHasSeen() {
        SlidingExtreme window = SlidingExtreme.highestOf(Duration.ofMinutes(5));
        window.add(1, Duration.ZERO);
        window.add(1, Duration.ofMinutes(1));
        assertThat(window.withWindow(Duration.ofMinutes(1)).remaining()).isZero();
    }

    @Test
    void longerWindowDoesNotClaimWhatTheShorterHasDropped() {
        SlidingExtreme window = SlidingExtreme.highestOf(Duration.ofMinutes(1));
        window.add(9, Duration.ZERO);
        window.add(1, Duration.ofMinutes(10));
        assertThat(window.withWindow(Duration.ofMinutes(5)).remaining()).isEqualTo(Duration.ofMinutes(4));
    }
}
