package io.nimscaler.bench;

import io.nimscaler.load.CoreCost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How what the core costs grows with what there is to do: pods, ScaledObjects, triggers of each, scrapes a second. CPU of its one
 * thread, in virtual time, bodies already read. All points in turn, round by round; of each the least, which others disturbed least.
 */
final class GrowthFigures {

    private static final Path BODY = Path.of("src/test/resources/exposition/vllm-0.32.0-saturated.prom");
    private static final int POLLS = 6_000;

    /** The plot that is made; empty: all. */
    private static final String ONLY = System.getProperty("bench.plot", "");

    private GrowthFigures() {}

    /** What is run, and where it stands on its axis. */
    private record Point(String plot, String line, double x, int objects, int podsEach, int triggers, Duration interval) {

        /** Each trigger decides once a second, and with each answer where those come more often. */
        double decisionsASecond() {
            return Math.max(1, 1_000.0 / interval.toMillis());
        }
    }

    /** Writes the plots. */
    static void write(int rounds, Path folder) throws IOException {
        List<Point> points = new ArrayList<>();
        for (int pods : new int[] {100, 500, 1_000, 2_000, 4_000, 6_000, 8_000, 10_000}) {
            points.add(new Point("pods", "20 ScaledObjects", pods, 20, pods / 20, 1, Duration.ofSeconds(5)));
        }
        for (int objects : new int[] {1, 100, 250, 500, 1_000, 1_500, 2_000}) {
            points.add(new Point("objects", "one pod each", objects, objects, 1, 1, Duration.ofSeconds(2)));
            points.add(new Point("objects", "2,000 pods in all", objects, objects, 2_000 / objects, 1, Duration.ofSeconds(2)));
        }
        for (int triggers : new int[] {1, 2, 4, 8, 12, 16}) {
            points.add(new Point("triggers", "50 ScaledObjects of 10 pods", triggers, 50, 10, triggers, Duration.ofSeconds(2)));
        }
        for (int millis : new int[] {250, 500, 1_000, 2_000, 5_000, 10_000, 30_000}) {
            points.add(new Point("interval", "50 ScaledObjects of 10 pods", 1_000.0 / millis, 50, 10, 1, Duration.ofMillis(millis)));
        }
        points.removeIf(point -> !ONLY.isEmpty() && !point.plot().equals(ONLY));
        Map<Point, Double> least = new LinkedHashMap<>();
        Map<Point, Double> megabytes = new LinkedHashMap<>();
        for (int round = 0; round <= rounds; round++) {
            for (Point point : points) {
                CoreCost.Cost cost = cost(point);
                double decisions = point.objects() * point.triggers() * point.decisionsASecond();
                // The first round is the compiler's
                if (round > 0) {
                    least.merge(point, cost.microsPerDecision() * decisions / 1e3, Math::min);
                    megabytes.merge(point, cost.bytesPerDecision() * decisions / 1e6, Math::min);
                }
            }
        }
        least.forEach((point, cost) -> System.out.printf(
                Locale.ROOT,
                "%s, %s: %.2f: %.2f ms a second, allocated %.2f MB a second%n",
                point.plot(),
                point.line(),
                point.x(),
                cost,
                megabytes.getOrDefault(point, Double.NaN)));
        plot(folder, least, "pods", "CPU of the core by pods, each asked every 5 s", "pods");
        plot(folder, least, "objects", "CPU of the core by ScaledObjects, pods asked every 2 s", "ScaledObjects");
        plot(folder, least, "triggers", "CPU of the core by triggers of each ScaledObject", "triggers");
        plot(folder, least, "interval", "CPU of the core by scrapes of each pod a second", "scrapes a second");
    }

    private static CoreCost.Cost cost(Point point) throws IOException {
        List<Map<String, String>> triggers = IntStream.range(0, point.triggers())
                .mapToObj(i -> Map.of(
                        "metric", "serving_load",
                        "targetValue", String.format(Locale.ROOT, "%.2f", 0.60 + i / 100.0),
                        "pollInterval", point.interval().toMillis() + "ms"))
                .toList();
        double pollsASecond = point.objects() * point.podsEach() * 1_000.0 / point.interval().toMillis();
        double work = pollsASecond + point.objects() * point.triggers();
        long seconds = Math.clamp(Math.round(POLLS / work), 5, 60);
        return new CoreCost(point.objects(), point.podsEach(), triggers, BODY).of(Duration.ofSeconds(seconds));
    }

    private static void plot(Path folder, Map<Point, Double> costs, String plot, String title, String xName)
            throws IOException {
        if (!ONLY.isEmpty() && !plot.equals(ONLY)) {
            return;
        }
        Map<String, List<double[]>> lines = new LinkedHashMap<>();
        costs.forEach((point, cost) -> {
            if (point.plot().equals(plot)) {
                lines.computeIfAbsent(point.line(), _ -> new ArrayList<>()).add(new double[] {point.x(), cost});
            }
        });
        lines.values().forEach(points -> points.sort((one, other) -> Double.compare(one[0], other[0])));
        Files.writeString(
                folder.resolve("cost-" + plot + ".svg"),
                Svg.lines(
                        title,
                        xName,
                        "ms/s",
                        lines.entrySet().stream()
                                .map(line -> new Svg.SampleLine(line.getKey(), line.getValue()))
                                .toList(),
                        most(lines, 0),
                        most(lines, 1)));
    }

    private static double most(Map<String, List<double[]>> lines, int axis) {
        return lines.values().stream()
                .flatMap(List::stream)
                .mapToDouble(point -> point[axis])
                .max()
                .orElse(1);
    }
}
