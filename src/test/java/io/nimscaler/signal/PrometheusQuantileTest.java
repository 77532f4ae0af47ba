package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.Promtool;
import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.Measured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same scrapes of the same pods, read by our latency signal and by a real Prometheus (its {@code promtool}, where this machine
 * has one): {@code histogram_quantile(q, sum by (le) (rate(x_bucket[1m])))}.
 *
 * <p>Differences that are known, and kept out of the exact comparisons:
 *
 * <ul>
 *   <li>{@code rate} extrapolates to the ends of its range. Where all pods are scraped at the same moments all buckets grow by the same
 *       factor, which a quantile does not see; else the pods weigh a little differently, and our window is that of each pod's own
 *       scrapes.
 *   <li>It extrapolates less where a counter would have begun below 0; here all begin high.
 *   <li>It looks for restarts bucket by bucket, and misses one in a bucket that has overtaken its former count since; we see it where any
 *       bucket shows it.
 *   <li>{@code sum by (le)} of pods with different buckets adds up what does not belong together; we use the bounds they share.
 * </ul>
 */
class PrometheusQuantileTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<String> BOUNDS = List.of("0.1", "0.25", "0.5", "1.0", "2.5", "+Inf");
    private static final List<String> OTHER_BOUNDS = List.of("0.05", "0.1", "0.5", "2.5", "5.0", "+Inf");
    private static final double[] QUANTILES = {.1, .5, .9, .95, .99};
    private static final int SEEDS = 8;
    private static final int LAST_SECOND = 60;
    private static final int SCRAPE_SECONDS = 5;
    private static final Pattern GOT = Pattern.compile("got: (?:\\{} (\\S+)|nil)");

    @TempDir
    private Path folder;

    /** Cumulative counts by the second of the scrape. */
    private record ScrapedPod(List<String> bounds, Map<Integer, double[]> scrapes) {

        static ScrapedPod random(Random random, List<String> bounds, int offset, boolean restarts) {
            double[] counts = new double[bounds.size()];
            Arrays.setAll(counts, i -> 10_000 * (i + 1));
            double[] weights = random.doubles(bounds.size(), .1, 1).toArray();
            int restart = restarts ? SCRAPE_SECONDS * (1 + random.nextInt(11)) + offset : -1;
            Map<Integer, double[]> scrapes = new TreeMap<>();
            for (int second = offset; second <= LAST_SECOND; second += SCRAPE_SECONDS) {
                if (second == restart) {
                    Arrays.fill(counts, 0);
                }
                if (second > offset) {
                    double below = 0;
                    for (int i = 0; i < counts.length; i++) {
                        below += Math.rint(weights[i] * (20 + random.nextInt(5)));
                        counts[i] += below;
                    }
                }
                scrapes.put(second, counts.clone());
            }
            return new ScrapedPod(bounds, scrapes);
        }

        PodValue toUs(Signal signal) {
            PodSignal pod = signal.ofPod(Optional.empty());
            Measurement last = new Measurement.TooEarly();
            for (var scrape : scrapes.entrySet()) {
                List<SampleLine> body = IntStream.range(0, bounds.size())
                        .mapToObj(i -> new SampleLine(
                                "x_bucket", Map.of("le", bounds.get(i)), scrape.getValue()[i], OptionalLong.empty()))
                        .toList();
                last = pod.read(body, START.plusSeconds(scrape.getKey()));
            }
            return ((Measured) last).value();
        }

        String toPrometheus(int number) {
            return IntStream.range(0, bounds.size())
                    .mapToObj(i -> "      - series: 'x_bucket{pod=\"" + number + "\",le=\"" + bounds.get(i) + "\"}'\n"
                            + "        values: '"
                            + IntStream.rangeClosed(0, LAST_SECOND)
                                    .mapToObj(second -> Optional.ofNullable(scrapes.get(second))
                                            .map(counts -> Double.toString(counts[i]))
                                            .orElse("_"))
                                    .collect(Collectors.joining(" "))
                            + "'\n")
                    .collect(Collectors.joining());
        }
    }

    @Test
    void podsScrapedTogetherWithRestartsAgreeExactly() throws Exception {
        compare(
                "x_bucket",
                1e-9,
                random -> List.of(
                        ScrapedPod.random(random, BOUNDS, 0, false),
                        ScrapedPod.random(random, BOUNDS, 0, true),
                        ScrapedPod.random(random, BOUNDS, 0, true)));
    }

    @Test
    void podsWithDifferentBucketsAgreeExactlyOnThoseTheyShare() throws Exception {
        compare(
                "x_bucket{le=~\"0.1|0.5|2.5|[+]Inf\"}",
                1e-9,
                random -> List.of(
                        ScrapedPod.random(random, BOUNDS, 0, true),
                        ScrapedPod.random(random, OTHER_BOUNDS, 0, false),
                        ScrapedPod.random(random, OTHER_BOUNDS, 0, true)));
    }

    @Test
    void podsScrapedAtMomentsOfTheirOwnAgreeWithinThreePercent() throws Exception {
        compare(
                "x_bucket",
                .03,
                random -> IntStream.range(0, 4)
                        .mapToObj(_ ->
                                ScrapedPod.random(random, BOUNDS, random.nextInt(SCRAPE_SECONDS), random.nextBoolean()))
                        .toList());
    }

    private interface Fleets {
        List<ScrapedPod> of(Random random);
    }

    private void compare(String selector, double tolerance, Fleets fleets) throws Exception {
        List<Double> ours = new ArrayList<>();
        // All differ from what is expected, so that promtool says what it got
        StringBuilder tests = new StringBuilder("evaluation_interval: 1s\ntests:\n");
        for (int seed = 0; seed < SEEDS; seed++) {
            List<ScrapedPod> pods = fleets.of(new Random(seed));
            tests.append("  - interval: 1s\n    input_series:\n");
            IntStream.range(0, pods.size())
                    .forEach(i -> tests.append(pods.get(i).toPrometheus(i)));
            tests.append("    promql_expr_test:\n");
            for (double quantile : QUANTILES) {
                Signal signal = Signals.named(
                        "x",
                        new SignalOptions(
                                OptionalInt.empty(), Duration.ofSeconds(LAST_SECOND), OptionalDouble.of(quantile)));
                ours.add(signal.ofFleet()
                        .level(pods.stream().map(pod -> pod.toUs(signal)).toList())
                        .orElseThrow());
                // A second more than ours, for Prometheus 3 leaves out the sample at the range's very beginning
                tests.append("      - expr: 'histogram_quantile(" + quantile + ", sum by (le) (rate(" + selector + "["
                        + (LAST_SECOND + 1) + "s])))'\n        eval_time: " + LAST_SECOND
                        + "s\n        exp_samples: [{labels: '{}', value: -1}]\n");
            }
        }
        List<Double> theirs = askPrometheus(tests.toString());
        assertThat(theirs).hasSameSizeAs(ours);
        for (int i = 0; i < ours.size(); i++) {
            assertThat(ours.get(i))
                    .as("seed %d, quantile %s", i / QUANTILES.length, QUANTILES[i % QUANTILES.length])
                    .isCloseTo(theirs.get(i), within(tolerance * theirs.get(i)));
        }
    }

    private List<Double> askPrometheus(String tests) throws IOException, InterruptedException {
        Files.writeString(folder.resolve("tests.yml"), tests);
        return GOT.matcher(Promtool.testRules(folder, "tests.yml").output())
                .results()
                .map(result -> Optional.ofNullable(result.group(1))
                        .map(Double::valueOf)
                        .orElse(Double.NaN))
                .toList();
    }
}
