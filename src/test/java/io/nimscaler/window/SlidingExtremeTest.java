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
import org.junit.jupiter.params.provider.ValueSource;

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

    /** For three hours, four times a second, each of which may still become the extreme. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void valuesThatOnlyFallOrOnlyRiseAreFewAndTheExtremeIsOfTheWindowOrALittleOlder(boolean highest) {
        long window = Duration.ofHours(1).toMillis();
        SlidingExtreme extreme = highest
                ? SlidingExtreme.highestOf(Duration.ofMillis(window))
                : SlidingExtreme.lowestOf(Duration.ofMillis(window));
        int most = 0;
        for (long now = 250; now <= 3 * window; now += 250) {
            extreme.add(highest ? -now : now, Duration.ofMillis(250));
            most = Math.max(most, extreme.state().values().size());
            double of = Math.abs(extreme.value().orElseThrow());
            assertThat(of).isBetween(Math.max(250.0, now - window * 1.01), Math.max(250.0, now - window));
        }
        assertThat(most).isLessThan(1_600);
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

    @Test
    void fewerAreKeptOfALoadThatOnlyFalls() {
        SlidingExtreme window = SlidingExtreme.highestOf(Duration.ofMinutes(20), 64);
        for (int second = 0; second < 3600; second++) {
            window.add(10_000 - second, Duration.ofSeconds(1));
            assertThat(window.value().orElseThrow()).isBetween(10_000.0 - second, 10_000.0 - second + 1200 + 20);
        }
        assertThat(window.state().values()).hasSizeLessThan(140);
        SlidingExtreme resumed = window.resumed(window.state());
        for (int second = 3600; second < 4800; second++) {
            resumed.add(10_000 - second, Duration.ofSeconds(1));
        }
        assertThat(resumed.state().values()).hasSizeLessThan(140);
    }
}
