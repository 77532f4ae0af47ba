package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.exposition.Bodies;
import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.BadValue;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.Measurement.NoMetric;
import io.nimscaler.signal.Measurement.TooEarly;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatencyTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final String[] BOUNDS = {"0.1", "0.5", "1.0", "+Inf"};
    private static final Signal P95 = signal("time_to_first_token_seconds", OptionalDouble.of(.95));
    private static final Signal MEAN = signal("time_to_first_token_seconds", OptionalDouble.empty());

    private static Signal signal(String name, OptionalDouble quantile) {
        return Signals.named(name, new SignalOptions(OptionalInt.empty(), Duration.ofMinutes(1), quantile));
    }

    @ParameterizedTest(name = "{0} at {1} looks back {2} s")
    @CsvSource({
        "time_to_first_token_seconds, 32.5, 92.5",
        "time_to_first_token_seconds, , 60",
        "vllm:e2e_request_latency_seconds, 600, 660",
        "e2e_request_latency_seconds, 1e300, 3660", // an hour at most
        "tgi_request_queue_duration, 32.5, 60", // in which unit it is, is not known
        "vllm:request_prompt_tokens, 4000, 60"
    })
    void requestsCameBeforeTheWindowByAsMuchAsTheyTook(String name, @Nullable Double level, double seconds) {
        Signal latency = signal(name, OptionalDouble.of(.95));
        OptionalDouble observed = level == null ? OptionalDouble.empty() : OptionalDouble.of(level);
        assertThat(latency.lookback(observed)).isEqualTo(Duration.ofMillis((long) (seconds * 1000)));
    }

    private static List<SampleLine> body(double sum, String[] bounds, double... counts) {
        List<SampleLine> body = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            body.add(new SampleLine(
                    "vllm:time_to_first_token_seconds_bucket",
                    Map.of("le", bounds[i]),
                    counts[i],
                    OptionalLong.empty()));
        }
        body.add(new SampleLine("vllm:time_to_first_token_seconds_sum", Map.of(), sum, OptionalLong.empty()));
        return body;
    }

    private static PodValue observed(Signal signal, List<SampleLine> before, List<SampleLine> after) {
        PodSignal pod = signal.ofPod(Optional.empty());
        pod.read(before, START);
        return ((Measured) pod.read(after, START.plusSeconds(20))).value();
    }

    private static PodValue observed(Signal signal, String[] bounds, double... counts) {
        return observed(signal, body(0, bounds, new double[counts.length]), body(10, bounds, counts));
    }

    /** Each of them by hand from prometheus: promql/quantile.go. */
    @ParameterizedTest(name = "{0} of {1} {2} {3} {4}")
    @CsvSource({
        // quantile, cumulative counts, expected
        "0.50, 10, 60, 95, 100, 0.42", // rank 50: 0.1 + 0.4 · 40/50
        "0.95, 10, 60, 95, 100, 1.0", // rank 95 reaches the bucket's end
        "0.90, 10, 60, 95, 100, 0.92857142857", // 0.5 + 0.5 · 30/35
        "0.05, 10, 60, 95, 100, 0.05", // the first bucket begins at 0
        "0.99, 10, 60, 95, 100, 1.0", // the +Inf bucket: the highest finite bound
        "0.50, 0, 0, 0, 100, 1.0",
        "0.50, 100, 100, 100, 100, 0.05",
        "0.95, 0, 100, 100, 100, 0.48", // an empty first bucket
        "0.50, 40, 30, 95, 100, 0.59090909091" // counts that fall are lifted: 0.5 + 0.5 · 10/55
    })
    void quantileIsInterpolatedAsInPrometheus(
            double quantile, double first, double second, double third, double all, double expected) {
        Histogram histogram = new Histogram(
                new double[] {.1, .5, 1, Double.POSITIVE_INFINITY}, new double[] {first, second, third, all}, 0);
        assertThat(histogram.quantile(quantile).orElseThrow()).isCloseTo(expected, within(1e-9));
    }

    @Test
    void histogramWithoutObservationsOrFiniteBucketsHasNoQuantile() {
        double[] infinite = {Double.POSITIVE_INFINITY};
        assertThat(new Histogram(infinite, new double[] {100}, 5).quantile(.5)).isEmpty();
        assertThat(new Histogram(infinite, new double[] {0}, 0).mean()).isEmpty();
        assertThat(new Histogram(new double[] {1, Double.POSITIVE_INFINITY}, new double[] {0, 0}, 0).quantile(.5))
                .isEmpty();
    }

    @Test
    void lowestBoundOfAtMostZeroIsItself() {
        Histogram histogram =
                new Histogram(new double[] {0, 1, Double.POSITIVE_INFINITY}, new double[] {60, 80, 100}, 9);
        assertThat(histogram.quantile(.5)).hasValue(0);
    }

    @Test
    void onlyWhatWasObservedWithinTheWindowCounts() {
        PodSignal pod = P95.ofPod(Optional.empty());
        FleetSignal fleet = P95.ofFleet();
        pod.read(body(0, BOUNDS, 0, 0, 0, 0), START);
        pod.read(body(0, BOUNDS, 0, 0, 1000, 1000), START.plusSeconds(30));
        pod.read(body(0, BOUNDS, 0, 0, 1000, 1000), START.plusSeconds(60));
        Measurement last = pod.read(body(0, BOUNDS, 100, 100, 1100, 1100), START.plusSeconds(90));
        assertThat(fleet.valueOf(((Measured) last).value()).orElseThrow()).isCloseTo(.095, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({"+Inf", "inf", "Inf", "+inf", "Infinity"})
    void boundIsReadByTheGrammarOfValues(String infinite) {
        String[] bounds = {"1e-1", "5E-01", "1", infinite};
        PodValue value = observed(P95, bounds, 10, 60, 95, 100);
        assertThat(P95.ofFleet().valueOf(value).orElseThrow()).isCloseTo(1, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({"NaN", "0x1p3", "1d", "''", "ten"})
    void boundThatIsNoNumberIsABadValue(String bound) {
        Measurement measurement = P95.ofPod(Optional.empty()).read(body(0, new String[] {bound, "+Inf"}, 1, 2), START);
        assertThat(measurement).isInstanceOf(BadValue.class);
    }

    @Test
    void sameBucketTwiceCountsOnceAndWithTwoValuesNotAtAll() {
        String[] bounds = {"0.5", "0.50", "+Inf"};
        assertThat(P95.ofPod(Optional.empty()).read(body(1, bounds, 3, 3, 5), START))
                .isInstanceOf(TooEarly.class);
        assertThat(P95.ofPod(Optional.empty()).read(body(1, bounds, 3, 4, 5), START))
                .isEqualTo(new BadValue("vllm:time_to_first_token_seconds_bucket = 3.0 and 4.0, expected one value for"
                        + " one set of labels"));
        List<SampleLine> twoSums = new ArrayList<>(body(1, BOUNDS, 1, 2, 3, 4));
        twoSums.addAll(body(2, BOUNDS, 1, 2, 3, 4));
        assertThat(MEAN.ofPod(Optional.empty()).read(twoSums, START)).isInstanceOf(BadValue.class);
    }

    @Test
    void restartCountsFromZeroAndNothingTwice() {
        PodValue value = observed(P95, body(500, BOUNDS, 500, 600, 700, 1000), body(1, BOUNDS, 0, 100, 100, 100));
        assertThat(P95.ofFleet().valueOf(value).orElseThrow()).isCloseTo(.48, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({
        "0.5, 9, false",
        "0.5, 10, true",
        "0.95, 19, false",
        "0.95, 20, true",
        "0.99, 99, false",
        "0.99, 100, true"
    })
    void tooFewObservationsAreNoValueRatherThanZero(double quantile, double observations, boolean enough) {
        Signal signal = signal("time_to_first_token_seconds", OptionalDouble.of(quantile));
        PodValue value = observed(signal, BOUNDS, 0, observations, observations, observations);
        assertThat(signal.ofFleet().valueOf(value).isPresent()).isEqualTo(enough);
        assertThat(signal.ofFleet().level(List.of(value)).isPresent()).isEqualTo(enough);
    }

    @Test
    void idlePodsHaveNoLevel() {
        PodValue idle = observed(P95, BOUNDS, 0, 0, 0, 0);
        assertThat(P95.ofFleet().valueOf(idle)).isEmpty();
        assertThat(P95.ofFleet().level(List.of(idle, idle))).isEmpty();
        assertThat(P95.ofFleet().level(List.of())).isEmpty();
    }

    /** Quiet for {@code seconds}, then a body with these beside the histogram. */
    private static PodValue quiet(int seconds, Map<String, Double> gauges) {
        PodSignal pod = P95.ofPod(Optional.empty());
        List<SampleLine> body = new ArrayList<>(body(9, BOUNDS, 5, 6, 7, 8));
        gauges.forEach((name, value) -> body.add(new SampleLine(name, Map.of(), value, OptionalLong.empty())));
        pod.read(body(5, BOUNDS, 5, 6, 7, 7), START.minusSeconds(2));
        for (int second = 0; second < seconds; second += 2) {
            pod.read(body, START.plusSeconds(second));
        }
        return ((Measured) pod.read(body, START.plusSeconds(seconds))).value();
    }

    private static final Map<String, Double> NO_WORK =
            Map.of("vllm:num_requests_running", 0.0, "vllm:num_requests_waiting", 0.0);

    @Test
    void fleetIsAtZeroOnlyWhereEachPodIsKnownToBeIdleForAWholeWindow() {
        PodValue idle = quiet(60, NO_WORK);
        assertThat(P95.ofFleet().level(List.of(idle, idle))).hasValue(0);
        assertThat(P95.ofFleet().valueOf(idle)).isEmpty();

        List<PodValue> notKnown = List.of(
                quiet(58, NO_WORK),
                quiet(60, Map.of("vllm:num_requests_running", 1.0, "vllm:num_requests_waiting", 0.0)),
                quiet(60, Map.of("vllm:num_requests_running", 0.0, "vllm:num_requests_waiting", 1.0)),
                quiet(60, Map.of("vllm:num_requests_running", 0.0)),
                quiet(60, Map.of()));
        assertThat(notKnown).allSatisfy(pod -> {
            assertThat(P95.ofFleet().level(List.of(pod))).isEmpty();
            assertThat(P95.ofFleet().level(List.of(idle, pod))).isEmpty();
        });
    }

    /** Watched for so many seconds, in which it observed one request more every ten, with these beside the histogram. */
    private static PodValue trickle(int seconds, double everySeconds, double running, double waiting) {
        PodSignal pod = P95.ofPod(Optional.empty());
        Measurement last = new TooEarly();
        for (int second = 0; second <= seconds; second += 2) {
            double slow = 5 + Math.floor(second / everySeconds);
            List<SampleLine> body = new ArrayList<>(body(9, BOUNDS, 0, 0, 0, slow));
            body.add(new SampleLine("vllm:num_requests_running", Map.of(), running, OptionalLong.empty()));
            body.add(new SampleLine("vllm:num_requests_waiting", Map.of(), waiting, OptionalLong.empty()));
            last = pod.read(body, START.plusSeconds(second));
        }
        return ((Measured) last).value();
    }

    @ParameterizedTest(name = "{0} + {1} of {2} replicas: {3} of T")
    @CsvSource({"0, 0, 4, 0.25", "1, 0, 4, 0.25", "2, 1, 4, 0.75", "9, 5, 4, 1", "1, 0, 1, 1"})
    void fewRequestsNeedNoMoreReplicasThanAreAtWork(double running, double waiting, int replicas, double expected) {
        FleetSignal fleet = P95.ofFleet();
        fleet.aimAt(.5, replicas);
        assertThat(fleet.level(List.of(trickle(120, 20, running, waiting), trickle(120, 1000, 0, 0)))
                        .orElseThrow())
                .isCloseTo(.5 * expected, within(1e-9));
    }

    @Test
    void whatIsNotKnownToBeATrickleIsNone() {
        FleetSignal fleet = P95.ofFleet();
        fleet.aimAt(.5, 4);
        PodValue known = trickle(120, 20, 0, 0);
        List<PodValue> others = List.of(
                // not for a whole window; does not say what it works on
                trickle(58, 20, 0, 0), observed(P95, BOUNDS, 0, 0, 0, 5));
        assertThat(fleet.level(List.of(known))).isPresent();
        assertThat(others)
                .allSatisfy(pod -> assertThat(fleet.level(List.of(known, pod))).isEmpty());
    }

    /** Watched for two minutes, in which it observed {@code fast} requests of 0.05 s to 0.1 s and {@code slow} above 1 s every minute. */
    private static PodValue steady(Signal signal, double fast, double slow) {
        PodSignal pod = signal.ofPod(Optional.empty());
        Measurement last = new TooEarly();
        for (int second = 0; second <= 120; second += 2) {
            double done = Math.floor(second / 60.0 * fast);
            List<SampleLine> body =
                    new ArrayList<>(body(9, BOUNDS, done, done, done, done + Math.floor(second / 60.0 * slow)));
            body.add(new SampleLine("vllm:num_requests_running", Map.of(), 1, OptionalLong.empty()));
            body.add(new SampleLine("vllm:num_requests_waiting", Map.of(), 0, OptionalLong.empty()));
            last = pod.read(body, START.plusSeconds(second));
        }
        return ((Measured) last).value();
    }

    /** Fewer than the quantile needs: else a fleet with 99 requests a minute would be kept for ever by a quantile of 0.99. */
    @ParameterizedTest(name = "{0}: {1} fast and {2} slow ones a minute: {3}")
    @CsvSource({
        "0.95, 10, 0,  0.09",
        "0.95, 19, 0,  0.095",
        "0.95, 12, 3,  0.5",
        "0.99, 12, 0,  0.092",
        "0.99, 98, 0,  0.099",
        "0.99, 90, 2,  0.5",
        "0.05, 12, 0,  0.0083"
    })
    void tooFewForTheQuantileMayAllowFewerReplicasAndAskForNone(
            double quantile, double fast, double slow, double expected) {
        Signal signal = signal("time_to_first_token_seconds", OptionalDouble.of(quantile));
        FleetSignal fleet = signal.ofFleet();
        fleet.aimAt(.5, 4);
        PodValue pod = steady(signal, fast, slow);
        assertThat(fleet.valueOf(pod)).isEmpty();
        assertThat(fleet.level(List.of(pod)).orElseThrow()).isCloseTo(expected, within(1e-3));
    }

    @Test
    void podsThatAreTooQuietAloneAreEnoughTogether() {
        PodValue few = observed(P95, BOUNDS, 0, 10, 10, 10);
        assertThat(P95.ofFleet().valueOf(few)).isEmpty();
        assertThat(P95.ofFleet().level(List.of(few, few)).orElseThrow()).isCloseTo(.48, within(1e-9));
    }

    @Test
    void levelIsThatOfAllObservationsNotTheMeanOfThePods() {
        // Given: 900 fast requests on one pod, 100 slow ones on the other
        PodValue fast = observed(P95, BOUNDS, 900, 900, 900, 900);
        PodValue slow = observed(P95, BOUNDS, 0, 0, 100, 100);

        // Then: rank 950 of 1000 is in the middle of the slow ones
        assertThat(P95.ofFleet().level(List.of(fast, slow)).orElseThrow()).isCloseTo(.75, within(1e-9));
    }

    @Test
    void differentLayoutsMeetAtTheBoundsTheyShare() {
        // Given
        PodValue one = observed(P95, BOUNDS, 10, 60, 95, 100);
        PodValue other = observed(P95, new String[] {"0.2", "1.0", "2.0", "+Inf"}, 50, 100, 100, 100);

        // Then: 195 of 200 are at most 1.0, and all that is known below it is 0
        assertThat(P95.ofFleet().level(List.of(one, other)).orElseThrow()).isCloseTo(190 / 195.0, within(1e-9));
    }

    @Test
    void layoutsThatShareNothingHaveNoLevel() {
        PodValue one = observed(P95, new String[] {"1.0", "+Inf"}, 100, 100);
        PodValue other = observed(P95, new String[] {"2.0", "+Inf"}, 100, 100);
        assertThat(P95.ofFleet().level(List.of(one, other))).isEmpty();
    }

    @Test
    void layoutOfAPodThatObservedNothingDoesNotCoarsenTheOthers() {
        PodValue one = observed(P95, BOUNDS, 0, 100, 100, 100);
        PodValue idle = observed(P95, new String[] {"7.0", "+Inf"}, 0, 0);
        assertThat(P95.ofFleet().level(List.of(idle, one)).orElseThrow()).isCloseTo(.48, within(1e-9));
    }

    @Test
    void meanIsTheSumOverTheNumber() {
        PodValue value = observed(MEAN, body(5, BOUNDS, 10, 10, 10, 10), body(25, BOUNDS, 20, 20, 20, 50));
        assertThat(MEAN.ofFleet().valueOf(value)).hasValue(.5);
    }

    @Test
    void asManyBucketsAsTheBoundAndNoMore() {
        assertThat(P95.ofPod(Optional.empty()).read(body(1, bounds(256), new double[256]), START))
                .isInstanceOf(TooEarly.class);
        assertThat(P95.ofPod(Optional.empty()).read(body(1, bounds(257), new double[257]), START))
                .isEqualTo(
                        new BadValue("vllm:time_to_first_token_seconds_bucket: expected at most 256 buckets, got 257"));
    }

    private static String[] bounds(int number) {
        String[] bounds = new String[number];
        Arrays.setAll(bounds, i -> i == number - 1 ? "+Inf" : Integer.toString(i));
        return bounds;
    }

    @Test
    void podThatWasJustFirstReadIsNotQuietButUnknown() {
        assertThat(P95.ofPod(Optional.empty()).read(body(0, BOUNDS, 1, 2, 3, 4), START))
                .isEqualTo(new TooEarly());
    }

    @Test
    void histogramThatCanNotBeIsABadValue() {
        PodSignal pod = P95.ofPod(Optional.empty());
        assertThat(pod.read(body(0, new String[] {"0.1", "0.5"}, 1, 2), START)).isInstanceOf(BadValue.class);
        assertThat(pod.read(body(0, new String[] {"x", "+Inf"}, 1, 2), START)).isInstanceOf(BadValue.class);
        assertThat(pod.read(body(0, BOUNDS, 1, 2, 3, Double.NaN), START)).isInstanceOf(BadValue.class);
        assertThat(MEAN.ofPod(Optional.empty()).read(body(Double.NaN, BOUNDS, 1, 2, 3, 4), START))
                .isInstanceOf(BadValue.class);
        assertThat(pod.read(List.of(), START)).isInstanceOf(NoMetric.class);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "nim-1.x, time_to_first_token_seconds",
        "nim-1.x, time_per_output_token_seconds",
        "nim-1.x, e2e_request_latency_seconds",
        "vllm-0.8.5-busy, time_per_output_token_seconds",
        "vllm-0.10.2-busy, vllm:time_per_output_token_seconds",
        "vllm-0.10.2-busy, time_to_first_token_seconds",
        "vllm-0.32.0-saturated, time_per_output_token_seconds",
        "vllm-0.32.0-saturated, vllm:request_time_per_output_token_seconds",
        "vllm-0.32.0-two-engines, time_to_first_token_seconds",
        "vllm-0.8.5-busy, vllm:e2e_request_latency_seconds",
        "sglang-0.5, time_to_first_token_seconds"
    })
    void histogramsOfRealBodiesAreRead(String body, String metric) {
        // Given: the body as the growth of a window, a thousandfold so that there is enough of it
        Signal signal = signal(metric, OptionalDouble.of(.5));
        List<SampleLine> after = scaled(Bodies.real(body, signal.seriesNames()), 1000);

        // When
        PodValue value = observed(signal, scaled(after, 0), after);

        // Then: half of the observations are at most the median, by the body's own buckets
        double median = signal.ofFleet().valueOf(value).orElseThrow();
        Map<Double, Double> counts = new HashMap<>();
        after.stream()
                .filter(series -> series.labels().containsKey("le"))
                .forEach(series -> counts.merge(
                        Double.parseDouble(
                                series.labels().getOrDefault("le", "").replace("+Inf", "Infinity")),
                        series.value(),
                        Double::sum));
        double all = counts.getOrDefault(Double.POSITIVE_INFINITY, 0.0);
        counts.forEach((bound, count) -> {
            if (count < all / 2) {
                assertThat(median).isGreaterThanOrEqualTo(bound);
            }
            if (count > all / 2 && Double.isFinite(bound)) {
                assertThat(median).isLessThanOrEqualTo(bound);
            }
        });
    }

    private static List<SampleLine> scaled(List<SampleLine> body, double factor) {
        return body.stream()
                .map(series ->
                        new SampleLine(series.name(), series.labels(), series.value() * factor, OptionalLong.empty()))
                .toList();
    }
}
