package io.nimscaler.bench;

import io.nimscaler.exposition.ReaderBenchmark;
import io.nimscaler.policy.PolicyBenchmark;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Time and allocation of a body and of a decision, as rows of {@code performance.md}: this build, an earlier one
 * ({@code -Dbench.before=CLASSES}) and Prometheus's own readers beside it, in turn round by round, so that they share what else the machine does.
 *
 * <p>Arguments: {@code table}, {@code bodies} (the plot over a body's size), {@code growth} ({@link GrowthFigures}) or {@code ratios} (a short run that fails where a ratio is
 * over its bound).
 */
final class ReaderFigures {

    private static final Path FIXTURES = Path.of("src/test/resources/exposition");
    private static final String BODY = "vllm-0.32.0-idle";
    /** JMH counts allocations by what the JVM else warns of. */
    private static final String QUIET = "--sun-misc-unsafe-memory-access=allow";

    private static final int ROUNDS = Integer.getInteger("bench.rounds", 5);
    private static final String BEFORE = System.getProperty("bench.before", "");

    private static final int BODIES_A_ROUND = 100;
    private static final int LEAST_ROUNDS = 60;
    private static final int MOST_ROUNDS = 600;

    /** So that the compiler leaves nothing out. */
    private static volatile Object lastResult = "";

    /** Which body or fleet, and what is done with it. */
    private record Work(String benchmark, Map<String, String> params, String name) {}

    /** In nanoseconds and bytes; of several rounds the least time is the one that others disturbed least. */
    private record Cost(List<Double> nanos, double bytes) {

        double least() {
            return nanos.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        }

        double most() {
            return nanos.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        }

        Cost and(Cost other) {
            return new Cost(Stream.concat(nanos.stream(), other.nanos.stream()).toList(), other.bytes);
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.2f µs (to %.2f), %,.0f B", least() / 1000, most() / 1000, bytes);
        }
    }

    private ReaderFigures() {}

    /**
     * @param args see above
     * @throws RunnerException if a benchmark fails
     * @throws IOException if a body can not be read or a plot not be written
     */
    public static void main(String... args) throws RunnerException, IOException {
        switch (args[0]) {
            case "table" -> table();
            case "bodies" -> bodies();
            case "growth" -> {
                System.out.println(machine());
                GrowthFigures.write(ROUNDS, Path.of("src/docs/images"));
            }
            case "ratios" -> ratios();
            default -> throw new IllegalArgumentException(
                    "argument = \"" + args[0] + "\", expected table, bodies, growth or ratios");
        }
    }

    private static Work read(String work, String body, String name) {
        return new Work(ReaderBenchmark.class.getName() + ".read", Map.of("work", work, "body", body), name);
    }

    private static Work newlines(String body) {
        return new Work(
                ReaderBenchmark.class.getName() + ".newlines",
                Map.of("work", "serving_load", "body", body),
                "newlines alone");
    }

    private static Work decision(int pods) {
        return new Work(
                PolicyBenchmark.class.getName() + ".decide",
                Map.of("pods", Integer.toString(pods)),
                "decision, " + pods + " pods");
    }

    private static void table() throws RunnerException {
        List<Work> works = List.of(
                newlines(BODY),
                read("two-names", BODY, "two names of a 57 kB body"),
                read("serving_load", BODY, "serving_load of it"),
                read("latency", BODY, "a latency histogram of it"),
                decision(10),
                decision(200));
        Map<Work, Cost> before = new LinkedHashMap<>();
        Map<Work, Cost> now = new LinkedHashMap<>();
        Map<String, Cost> peers = new LinkedHashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (Work work : works) {
                if (!BEFORE.isEmpty()) {
                    before.merge(work, run(work, true), Cost::and);
                }
                now.merge(work, run(work, false), Cost::and);
            }
            prometheus().forEach((name, cost) -> peers.merge(name, cost, Cost::and));
        }
        System.out.println(machine());
        System.out.println("| work | before | now | now / newlines | now / before |\n| --- | --- | --- | --- | --- |");
        double floor = now.getOrDefault(works.getFirst(), new Cost(List.of(Double.NaN), 0)).least();
        now.forEach((work, cost) -> System.out.printf(
                Locale.ROOT,
                "| %s | %s | %s | %s | %s |%n",
                work.name(),
                before.containsKey(work) ? before.get(work) : "",
                cost,
                work.benchmark().contains("Reader") ? String.format(Locale.ROOT, "%.2f", cost.least() / floor) : "",
                before.containsKey(work)
                        ? String.format(Locale.ROOT, "%.2f", cost.least() / before.get(work).least())
                        : ""));
        peers.forEach((name, cost) ->
                System.out.printf(Locale.ROOT, "| Prometheus: %s | | %s | %.2f | |%n", name, cost, cost.least() / floor));
    }

    /** Bodies of 5 to 500 kB: a real one with what is wanted first, so much of it as that is, or again for each further engine. */
    private static void bodies() throws IOException {
        String real = Files.readString(FIXTURES.resolve(BODY + ".prom"));
        String one = Stream.concat(
                        real.lines().filter(ReaderFigures::isWanted), real.lines().filter(line -> !isWanted(line)))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
        List<Svg.SampleLine> lines = new ArrayList<>();
        Map<String, List<double[]>> points = new LinkedHashMap<>();
        Path folder = Files.createTempDirectory("bodies");
        System.out.println(machine());
        ratios(); // the compiler's share
        for (int kilobytes : new int[] {5, 10, 20, 57, 100, 200, 300, 400, 500}) {
            StringBuilder text = new StringBuilder();
            for (int model = 0; text.length() < kilobytes * 1000; model++) {
                text.append(one.replace("engine=\"0\"", "engine=\"" + model + "\""));
            }
            String cut = text.substring(0, text.lastIndexOf("\n", kilobytes * 1000) + 1);
            Path file = Files.writeString(folder.resolve(kilobytes + ".prom"), cut);
            for (String work : List.of("two-names", "serving_load", "latency")) {
                ReaderBenchmark bench = new ReaderBenchmark();
                bench.body = file.toString();
                bench.work = work;
                bench.open();
                double floor = Double.POSITIVE_INFINITY;
                double reading = Double.POSITIVE_INFINITY;
                for (int round = 0; round < 2 * LEAST_ROUNDS; round++) {
                    floor = Math.min(floor, micros(bench::newlines));
                    reading = Math.min(reading, micros(bench::read));
                }
                System.out.printf(Locale.ROOT, "%d kB, %s: %.2f µs, newlines alone %.2f µs%n", kilobytes, work, reading, floor);
                points.computeIfAbsent(work, _ -> new ArrayList<>()).add(new double[] {kilobytes, reading});
                if (work.equals("two-names")) {
                    points.computeIfAbsent("newlines alone", _ -> new ArrayList<>()).add(new double[] {kilobytes, floor});
                }
            }
        }
        points.forEach((name, all) -> lines.add(new Svg.SampleLine(name, all)));
        double most = points.values().stream()
                .flatMap(List::stream)
                .mapToDouble(point -> point[1])
                .max()
                .orElse(1);
        Files.writeString(
                Path.of("src/docs/images/cost-body.svg"),
                Svg.lines("Reading a body, by its size", "kB", "µs", lines, 500, most));
    }

    private static boolean isWanted(String line) {
        return Stream.of("kv_cache_usage", "num_requests_", "time_to_first_token").anyMatch(line::contains);
    }

    /**
     * Neither a time nor a share of the machine, so it holds on a busy one: how often the time of finding the lines alone. CPU time, both in
     * turn in this process; of many rounds the least, which others and the compiler disturbed least.
     */
    private static void ratios() throws IOException {
        Map<String, Double> most = Map.of("two-names", 4d, "serving_load", 6d, "latency", 8d);
        for (Map.Entry<String, Double> bound : most.entrySet()) {
            ReaderBenchmark bench = new ReaderBenchmark();
            bench.body = BODY;
            bench.work = bound.getKey();
            bench.open();
            double floor = Double.POSITIVE_INFINITY;
            double reading = Double.POSITIVE_INFINITY;
            for (int round = 0; round < MOST_ROUNDS && (round < LEAST_ROUNDS || reading > bound.getValue() * floor); round++) {
                floor = Math.min(floor, micros(bench::newlines));
                reading = Math.min(reading, micros(bench::read));
            }
            double times = reading / floor;
            System.out.printf(
                    Locale.ROOT, "%s: %.2f times the newlines alone, at most %.1f%n", bound.getKey(), times, bound.getValue());
            if (times > bound.getValue()) {
                throw new IllegalStateException(
                        bound.getKey() + " takes " + times + " times the newlines alone, expected at most " + bound.getValue());
            }
        }
    }

    private static double micros(Supplier<?> work) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < BODIES_A_ROUND; i++) {
            lastResult = work.get();
        }
        return (threads.getCurrentThreadCpuTime() - before) / 1e3 / BODIES_A_ROUND;
    }

    private static Cost run(Work work, boolean before) throws RunnerException {
        OptionsBuilder options = new OptionsBuilder();
        options.include("^" + work.benchmark().replace(".", "\\.") + "$")
                .forks(1)
                .warmupIterations(4)
                .warmupTime(TimeValue.milliseconds(500))
                .measurementIterations(5)
                .measurementTime(TimeValue.milliseconds(300))
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .jvmArgsAppend(
                        before
                                ? new String[] {QUIET, "-Xbootclasspath/a:" + BEFORE}
                                : new String[] {QUIET});
        work.params().forEach(options::param);
        Options built = options.build();
        RunResult result = new Runner(built).runSingle();
        double least = result.getBenchmarkResults().stream()
                .flatMap(one -> one.getIterationResults().stream())
                .mapToDouble(iteration -> iteration.getPrimaryResult().getScore())
                .min()
                .orElseThrow();
        return new Cost(
                List.of(least),
                allocated(result));
    }

    /** In bytes an operation; NaN where JMH does not tell it. */
    @SuppressWarnings("rawtypes") // JMH's own signature
    private static double allocated(RunResult result) {
        for (var one : result.getSecondaryResults().entrySet()) {
            if (one.getKey().endsWith("gc.alloc.rate.norm")) {
                return one.getValue().getScore();
            }
        }
        return Double.NaN;
    }

    /** Empty where there is no Go, which is said. */
    private static Map<String, Cost> prometheus() {
        Optional<String> told = prometheusOf(FIXTURES.resolve(BODY + ".prom"));
        Map<String, Cost> costs = new LinkedHashMap<>();
        told.stream().flatMap(String::lines).map(line -> line.split("\t")).forEach(line ->
                costs.put(line[0], new Cost(List.of(Double.parseDouble(line[1])), Double.parseDouble(line[2]))));
        return costs;
    }

    private static Optional<String> prometheusOf(Path body) {
        try {
            Process go = new ProcessBuilder("go", "run", ".", body.toAbsolutePath().toString(), "1")
                    .directory(Path.of("src/bench/go").toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String output;
            try (InputStreamReader reader = new InputStreamReader(go.getInputStream(), StandardCharsets.UTF_8)) {
                output = reader.readAllAsString();
            }
            return go.waitFor() == 0 ? Optional.of(output) : Optional.empty();
        } catch (IOException e) {
            System.out.println("skipped: Prometheus's readers, " + e.getMessage());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static String machine() {
        try (Stream<String> cpu = Files.lines(Path.of("/proc/cpuinfo"))) {
            return String.format(
                    Locale.ROOT,
                    "%s, %d processors, load %.1f, JVM %s, default flags, the least of %d rounds (to the most)",
                    cpu.filter(line -> line.startsWith("model name"))
                            .findFirst()
                            .map(line -> line.substring(line.indexOf(':') + 2))
                            .orElse("?"),
                    Runtime.getRuntime().availableProcessors(),
                    ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                    Runtime.version(),
                    ROUNDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
