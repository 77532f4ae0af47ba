package io.nimscaler.load;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Loads the packaged scaler and prints a table in Markdown. Several builds are run in turn, so that what the machine does beside falls
 * on all of them. The settings are system properties, see {@code src/docs/performance.md}.
 *
 * <p>With {@code load.check=true} it ends with 1 where a ratio is over its bound. No bound is a time: they hold on any machine.
 */
public final class Load {

    /** Half of what calls that wait for a burst of decisions each second have. */
    private static final double MOST_TAIL = 15;

    private static final double MOST_KILOBYTES_PER_SCRAPE = 400;

    private static final Duration FIRST_ANSWERS_WITHIN = Duration.ofMinutes(5);

    private final Map<String, Path> apps = new LinkedHashMap<>();
    private final List<Case> cases;
    private final int rounds = Integer.getInteger("load.rounds", 1);
    private final Duration warmUp = Duration.ofSeconds(Integer.getInteger("load.warm-up", 20));
    private final Duration length = Duration.ofSeconds(Integer.getInteger("load.seconds", 30));
    private final List<String> javaOptions = words(System.getProperty("load.java", ""), " ");
    private final StandInPods pods;

    private Load(StandInPods pods) {
        this.pods = pods;
        for (String app : words(System.getProperty("load.apps", "now=target/quarkus-app"), ",")) {
            int is = app.indexOf('=');
            if (is < 0) {
                throw new IllegalArgumentException("load.apps: expected NAME=PATH, got " + app);
            }
            apps.put(app.substring(0, is), Path.of(app.substring(is + 1)));
        }
        cases = words(System.getProperty("load.cases", "20x2/1s@300"), ",").stream()
                .map(Case::of)
                .toList();
    }

    private static List<String> words(String text, String separator) {
        return Stream.of(text.split(separator)).filter(word -> !word.isBlank()).toList();
    }

    public static void main(String[] arguments) throws Exception {
        Path body = Path.of(System.getProperty("load.body", "src/test/resources/exposition/vllm-0.32.0-idle.prom"));
        boolean good;
        try (StandInPods pods = new StandInPods(body)) {
            good = new Load(pods).run();
        }
        System.exit(good || !Boolean.getBoolean("load.check") ? 0 : 1);
    }

    private boolean run() throws IOException, InterruptedException {
        System.out.printf(
                "%s, %d cores, %s %s; each for %d s after %d s, %d times in turn; load of the machine at the start %.1f%n%n",
                System.getProperty("os.name"),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version(),
                javaOptions,
                length.toSeconds(),
                warmUp.toSeconds(),
                rounds,
                machineLoad());
        System.out.println("| case | build | CPU a scrape, µs | allocated a scrape, kB | RSS, MB | calls/s"
                + " | CPU a call, µs | p50, ms | p99, ms | p99.9, ms | p99/p50, best |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        boolean good = true;
        for (Case load : cases) {
            Map<String, List<Figures>> figures = new LinkedHashMap<>();
            for (int round = 0; round < rounds; round++) {
                for (Map.Entry<String, Path> app : apps.entrySet()) {
                    figures.computeIfAbsent(app.getKey(), _ -> new ArrayList<>())
                            .add(run(app.getKey(), app.getValue(), load));
                }
            }
            figures.forEach((app, of) -> System.out.println(row(load, app, of)));
            good &= figures.values().stream().flatMap(List::stream).allMatch(Load::isWithinBounds);
        }
        return good;
    }

    private Figures run(String name, Path program, Case load) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(Path.of("target", "load", name));
        try (App app = App.start(program, javaOptions, load, pods, folder);
                Calls calls = new Calls(load, app.port())) {
            calls.awaitAnswers(app, FIRST_ANSWERS_WITHIN);
            calls.run(warmUp);
            long allocated = app.allocatedBytes().orElse(0);
            double cpu = app.cpuSeconds();
            long scrapes = pods.answered();
            Latencies latencies = calls.run(length);
            double usedCpu = app.cpuSeconds() - cpu;
            long asked = pods.answered() - scrapes;
            double used = app.allocatedBytes().orElse(0) - (double) allocated;
            if (latencies.failed() > 0) {
                System.err.println(name + " " + load + ": " + latencies.failed() + " calls failed");
            }
            return new Figures(
                    usedCpu * 1e6 / asked,
                    used / 1_000 / asked,
                    app.megabytes("VmRSS"),
                    latencies.answered() / (double) length.toSeconds(),
                    usedCpu * 1e6 / latencies.answered(),
                    latencies.millis(0.5),
                    latencies.millis(0.99),
                    latencies.millis(0.999),
                    latencies.bestTail(),
                    latencies.failed());
        }
    }

    /** All CPU of the process goes into both of the first and the fifth: scrapes and calls share it. */
    private record Figures(
            double microsPerScrape,
            double kilobytesPerScrape,
            double megabytes,
            double callsPerSecond,
            double microsPerCall,
            double p50,
            double p99,
            double p999,
            double bestTail,
            int failed) {}

    private static boolean isWithinBounds(Figures figures) {
        boolean good = figures.failed() == 0
                && !(figures.bestTail() > MOST_TAIL)
                && !(figures.kilobytesPerScrape() > MOST_KILOBYTES_PER_SCRAPE);
        if (!good) {
            System.err.printf(
                    Locale.ROOT,
                    "expected no failed call, p99/p50 of at most %.0f and at most %.0f kB a scrape, got %s%n",
                    MOST_TAIL,
                    MOST_KILOBYTES_PER_SCRAPE,
                    figures);
        }
        return good;
    }

    private static String row(Case load, String app, List<Figures> of) {
        return "| " + load + " | " + app + " | "
                + String.join(
                        " | ",
                        spread(of, Figures::microsPerScrape, "%.0f"),
                        spread(of, Figures::kilobytesPerScrape, "%.0f"),
                        spread(of, Figures::megabytes, "%.0f"),
                        spread(of, Figures::callsPerSecond, "%.0f"),
                        spread(of, Figures::microsPerCall, "%.0f"),
                        spread(of, Figures::p50, "%.2f"),
                        spread(of, Figures::p99, "%.2f"),
                        spread(of, Figures::p999, "%.2f"),
                        spread(of, Figures::bestTail, "%.1f"))
                + " |";
    }

    /** The median, and from the least to the most where there are several. */
    private static String spread(List<Figures> of, ToDoubleFunction<Figures> figure, String format) {
        double[] sorted = of.stream().mapToDouble(figure).sorted().toArray();
        if (Double.isNaN(sorted[0]) || Double.isInfinite(sorted[0])) {
            return "–";
        }
        String median = String.format(Locale.ROOT, format, sorted[sorted.length / 2]);
        return sorted.length == 1
                ? median
                : median + " (" + String.format(Locale.ROOT, format + "–" + format, sorted[0], sorted[sorted.length - 1])
                        + ")";
    }

    private static double machineLoad() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}
