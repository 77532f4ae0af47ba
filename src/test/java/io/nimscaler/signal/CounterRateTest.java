package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.exposition.Bodies;
import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.BadValue;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.Measurement.NoMetric;
import io.nimscaler.signal.Measurement.TooEarly;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rates over the default window of a minute. */
class CounterRateTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Signal SIGNAL = Signals.named("rate(x_total)");

    private final PodSignal pod = SIGNAL.ofPod(Optional.empty());

    private static SampleLine series(double value, String... labels) {
        return new SampleLine(
                "x_total", labels.length == 0 ? Map.of() : Map.of(labels[0], labels[1]), value, OptionalLong.of(7));
    }

    private Measurement read(long second, double... values) {
        List<SampleLine> body = Stream.iterate(0, i -> i < values.length, i -> i + 1)
                .map(i -> series(values[i], "engine", "" + i))
                .toList();
        return pod.read(body, START.plusSeconds(second));
    }

    private static double rate(Measurement measurement) {
        assertThat(measurement).isInstanceOf(Measured.class);
        return ((PodValue.Amount) ((Measured) measurement).value()).value();
    }

    @Test
    void rateIsTheGrowthASecondOfAllSeriesByOurOwnClock() {
        read(0, 1000, 50);
        Measurement measurement = read(20, 1100, 70);
        assertThat(rate(measurement)).isEqualTo(6);
        assertThat(((Measured) measurement).readAt()).isEqualTo(START.plusSeconds(20));
    }

    /** What is kept of each until the next scrape adds up over all pods. */
    @Test
    void moreSeriesThanAnyEngineHasAreRefused() {
        assertThat(read(0, new double[1024])).isEqualTo(new TooEarly());
        assertThat(read(20, new double[1025]))
                .isEqualTo(new BadValue("x_total: expected at most 1024 series, got 1025"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 14})
    void tooShortASpanIsNoValueRatherThanZero(long second) {
        assertThat(read(0, 1000)).isEqualTo(new TooEarly());
        assertThat(read(second, 1000)).isEqualTo(new TooEarly());
    }

    @Test
    void counterThatStandsStillForLongEnoughIsARateOfZero() {
        read(0, 1000);
        assertThat(rate(read(15, 1000))).isZero();
    }

    @Test
    void counterThatARestartResetHasCountedFromZeroSince() {
        read(0, 1000);
        read(10, 1040);
        assertThat(rate(read(20, 60))).isEqualTo(5);
    }

    @Test
    void resetsOfSeriesAreTheirOwn() {
        read(0, 1000, 5);
        assertThat(rate(read(20, 40, 25))).isEqualTo(3);
    }

    @Test
    void resetBetweenTwoKeptScrapesIsNotLost() {
        // Given: scrapes every 250 ms, of which not all are kept
        PodSignal fast = SIGNAL.ofPod(Optional.empty());
        double counted = 0;
        double value = 0;
        Measurement last = new TooEarly();

        // When
        for (int i = 0; i <= 80; i++) {
            value = i % 7 == 0 ? 1 : value + 1;
            counted += i == 0 ? 0 : 1;
            last = fast.read(List.of(series(value)), START.plusMillis(250L * i));
        }

        // Then
        assertThat(rate(last)).isCloseTo(counted / 20, within(1e-9));
    }

    @Test
    void newSeriesCountsOnlyWhatComes() {
        read(0, 1000);
        read(10, 1010, 500);
        assertThat(rate(read(20, 1020, 520))).isEqualTo(2);
    }

    @Test
    void onlyTheWindowCounts() {
        for (int second = 0; second <= 60; second += 2) {
            read(second, 100.0 * second);
        }
        Measurement last = new TooEarly();
        for (int second = 62; second <= 120; second += 2) {
            last = read(second, 6000 + second - 60);
        }
        assertThat(rate(last)).isEqualTo(1);
    }

    @Test
    void afterALongerGapThanTheWindowItBeginsAnew() {
        read(0, 1000);
        read(20, 1100);
        assertThat(read(200, 9000)).isEqualTo(new TooEarly());
        assertThat(rate(read(220, 9040))).isEqualTo(2);
    }

    @Test
    void otherSeriesThanBeforeBeginAnew() {
        pod.read(List.of(series(5, "version", "1")), START);
        assertThat(pod.read(List.of(series(900, "version", "2")), START.plusSeconds(20)))
                .isEqualTo(new TooEarly());
    }

    @ParameterizedTest
    @CsvSource({"NaN", "Infinity", "-1"})
    void valueThatCanNotBeIsABadValue(double value) {
        assertThat(read(0, value)).isInstanceOf(BadValue.class);
    }

    @Test
    void absentCounterIsNoMetric() {
        assertThat(read(0)).isEqualTo(new NoMetric("no series x_total"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void rateOfASteadyCounterIsItsSlopeWhateverTheIntervalsAndRestarts(int seed) {
        Random random = new Random(seed);
        PodSignal any = SIGNAL.ofPod(Optional.empty());
        double slope = 1 + random.nextInt(1000);
        double offset = 0;
        long millis = 0;
        for (int i = 0; i < 500; i++) {
            long step = 250 + random.nextInt(10_000);
            millis += step;
            double value = slope * millis / 1000 - offset;
            if (any.read(List.of(series(value)), START.plusMillis(millis)) instanceof Measured measured) {
                assertThat(rate(measured)).isCloseTo(slope, within(slope * 1e-6));
            }
            if (value > slope * 11 && random.nextInt(5) == 0) {
                // The next scrape finds it counting from 0 again, and lower than now
                offset = slope * millis / 1000;
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "nim-1.x, generation_tokens_total",
        "vllm-0.32.0-saturated, vllm:generation_tokens_total",
        "vllm-0.32.0-two-engines, vllm:generation_tokens_total",
        "sglang-0.5, sglang:generation_tokens_total"
    })
    void countersOfRealBodiesAreRead(String body, String counter) {
        // Given
        PodSignal real = Signals.named("rate(" + counter + ")").ofPod(Optional.empty());
        List<SampleLine> before = Bodies.real(body, List.of(counter));
        List<SampleLine> after = before.stream()
                .map(series ->
                        new SampleLine(series.name(), series.labels(), series.value() + 30, OptionalLong.empty()))
                .toList();

        // When
        real.read(before, START);
        Measurement measurement = real.read(after, START.plusSeconds(30));

        // Then
        assertThat(rate(measurement)).isEqualTo(before.size()).isPositive();
    }

    @Test
    void processesThatCountTheSameTokensCountOnce() {
        PodSignal ranks = SIGNAL.ofPod(Optional.empty());
        ranks.read(List.of(series(100, "tp_rank", "0"), series(100, "tp_rank", "1")), START);
        Measurement measurement =
                ranks.read(List.of(series(300, "tp_rank", "0"), series(300, "tp_rank", "1")), START.plusSeconds(20));
        assertThat(measurement).isEqualTo(new Measured(new PodValue.Amount(10), START.plusSeconds(20)));
    }
}
