package io.nimscaler.load;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Loads the packaged scaler and prints a table in Markdown. The settings are system properties, see {@code src/docs/performance.md}.
 *
 * <p>With {@code load.check=true} it ends with 1 where a ratio is over its bound. No bound is a time: they hold on any machine.
 */
public final class Load {

    private static final Duration HEAP_LENGTH = Duration.ofSeconds(5);

    private static final Duration FIRST_ANSWERS_WITHIN = Duration.ofMinutes(5);

    private final Map<String, Path> apps = new LinkedHashMap<>();
    private final List<Case> cases;
    private final int rounds = Integer.getInteger("load.rounds", 1);
    private final Duration warmUp = Duration.ofSeconds(Integer.getInteger("load.warm-up", 20));
    private final Duration length = Duration.ofSeconds(Integer.getInteger("load.seconds", 30));
    private final Path body =
            Path.of(System.getProperty("load.body", "src/test/resources/exposition/vllm-0.32.0-idle.prom"));

    private Load() {
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
        boolean good = new Load().run();
        System.exit(good || !Boolean.getBoolean("load.check") ? 0 : 1);
    }

    private boolean run() throws IOException, InterruptedException {
        System.out.printf(
                "%s, %d cores, %s; %d times %d s of each build in turn, after %d s of all at once; load of the machine at the start"
                        + " %.1f%n%n",
                System.getProperty("os.name"),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version(),
                rounds,
                length.toSeconds(),
                warmUp.toSeconds(),
                machineLoad());
        apps.keySet().forEach(name -> System.out.printf("- %s: %s%n", name, javaOptions(name)));
        System.out.println("\n| case | build | first answers after, s | CPU a scrape, µs | allocated a scrape, kB | RSS, MB | live heap, MB"
                + " | calls/s | CPU a call, µs | p50, ms | p99, ms | p99.9, ms | p99/p50, best |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        boolean good = true;
        for (Case load : cases) {
            good &= run(load);
        }
        return good;
    }

    /** All builds run at once, so that what the machine does beside falls on all of them; calls are measured of one at a time. */
    private boolean run(Case load) throws IOException, InterruptedException {
        Map<String, Running> running = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, Path> app : apps.entrySet()) {
                running.put(app.getKey(), begin(app.getKey(), app.getValue(), load));
            }
            warmUp(running.values());
            Map<String, List<Window>> windows = new LinkedHashMap<>();
            for (int round = 0; round < rounds; round++) {
                for (Map.Entry<String, Running> each : running.entrySet()) {
                    windows.computeIfAbsent(each.getKey(), _ -> new ArrayList<>()).add(each.getValue().window(length));
                }
            }
            boolean good = true;
            for (Map.Entry<String, Running> each : running.entrySet()) {
                List<Window> of = windows.getOrDefault(each.getKey(), List.of());
                HeapUse heap = each.getValue().heapUse();
                System.out.println(row(load, each.getKey(), each.getValue(), heap, of));
                good &= isWithinBounds(load, each.getKey(), heap, of);
            }
            return good;
        } finally {
            running.values().forEach(Running::close);
        }
    }

    private Running begin(String name, Path program, Case load) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(Path.of("target", "load", name));
        StandInPods pods = new StandInPods(body);
        long begin = System.nanoTime();
        App app = App.start(program, javaOptions(name), load, pods, folder);
        Calls calls = new Calls(load, app.port());
        Running running = new Running(app, calls, pods);
        try {
            calls.awaitAnswers(app, FIRST_ANSWERS_WITHIN);
        } catch (IllegalStateException none) {
            running.close();
            throw none;
        }
        running.firstAnswers = (System.nanoTime() - begin) / 1e9;
        return running;
    }

    private void warmUp(Collection<Running> running) throws InterruptedException {
        List<Thread> callers = running.stream()
                .map(one -> Thread.ofPlatform().start(() -> one.calls.run(warmUp)))
                .toList();
        for (Thread caller : callers) {
            caller.join();
        }
    }

    /** The options of all builds, or of some: {@code NAME=OPTIONS;NAME=OPTIONS}. */
    private static List<String> javaOptions(String app) {
        String text = System.getProperty("load.java", "");
        return text.startsWith("-")
                ? words(text, " ")
                : words(text, ";").stream()
                        .filter(one -> one.startsWith(app + "="))
                        .findFirst()
                        .map(one -> words(one.substring(app.length() + 1), " "))
                        .orElse(List.of());
    }

    /** A build under load, and its own pods. */
    private static final class Running implements AutoCloseable {

        private final App app;
        private final Calls calls;
        private final StandInPods pods;
        private double firstAnswers;

        Running(App app, Calls calls, StandInPods pods) {
            this.app = app;
            this.calls = calls;
            this.pods = pods;
        }

        Window window(Duration length) throws IOException {
            double cpu = app.cpuSeconds();
            long scrapes = pods.answered();
            Latencies latencies = calls.run(length);
            double used = app.cpuSeconds() - cpu;
            return new Window(
                    used * 1e6 / (pods.answered() - scrapes),
                    app.megabytes("VmRSS"),
                    latencies.answered() / (double) length.toSeconds(),
                    used * 1e6 / latencies.answered(),
                    latencies.millis(0.5),
                    latencies.millis(0.99),
                    latencies.millis(0.999),
                    latencies.bestTail(),
                    latencies.failed());
        }

        /** In a time of its own, for to ask a JVM for it takes memory and CPU of the JVM's. */
        HeapUse heapUse() throws IOException {
            Optional<App.Heap> before = app.heap();
            long scrapes = pods.answered();
            calls.run(HEAP_LENGTH);
            long asked = pods.answered() - scrapes;
            Optional<App.Heap> after = app.heap();
            return before.isEmpty() || after.isEmpty()
                    ? new HeapUse(Double.NaN, Double.NaN)
                    : new HeapUse(
                            (after.get().allocated() - before.get().allocated()) / 1e3 / asked,
                            after.get().live() / 1e6);
        }

        @Override
        public void close() {
            calls.close();
            app.close();
            pods.close();
        }
    }

    private record HeapUse(double kilobytesPerScrape, double liveMegabytes) {}

    /** All CPU of the process goes into both of the first and the fourth: scrapes and calls share it. */
    private record Window(
            double microsPerScrape,
            double megabytes,
            double callsPerSecond,
            double microsPerCall,
            double p50,
            double p99,
            double p999,
            double bestTail,
            int failed) {}

    private static boolean isWithinBounds(Case load, String app, HeapUse heap, List<Window> of) {
        int failed = of.stream().mapToInt(Window::failed).sum();
        double tail = of.stream().mapToDouble(Window::bestTail).min().orElse(Double.NaN);
        Optional<String> objection = Check.objectionTo(load, failed, tail, heap.kilobytesPerScrape());
        objection.ifPresent(text -> System.err.println(load + " of " + app + ": " + text));
        return objection.isEmpty();
    }

    private static String row(Case load, String name, Running running, HeapUse heap, List<Window> of) {
        return "| " + load + " | " + name + " | "
                + String.join(
                        " | ",
                        String.format(Locale.ROOT, "%.1f", running.firstAnswers),
                        spread(of, Window::microsPerScrape, "%.0f"),
                        number(heap.kilobytesPerScrape(), "%.0f"),
                        spread(of, Window::megabytes, "%.0f"),
                        number(heap.liveMegabytes(), "%.0f"),
                        spread(of, Window::callsPerSecond, "%.0f"),
                        spread(of, Window::microsPerCall, "%.0f"),
                        spread(of, Window::p50, "%.2f"),
                        spread(of, Window::p99, "%.2f"),
                        spread(of, Window::p999, "%.2f"),
                        spread(of, Window::bestTail, "%.1f"))
                + " |";
    }

    private static String number(double value, String format) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, format, value);
    }

    /** The median, and from the least to the most where there are several. */
    private static String spread(List<Window> of, ToDoubleFunction<Window> figure, String format) {
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
