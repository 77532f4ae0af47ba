package io.nimscaler.bench;

import io.nimscaler.bench.ProductScaler.Answering;
import io.nimscaler.bench.Rule.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Runs the closed loop and writes its tables and plots into {@code src/docs/quality.md}; see there how to start it. The argument
 * names the section that is run: {@code days}, {@code constant}, {@code changes}, {@code disturbed}, {@code unequal}, or {@code all}.
 */
public final class Bench {

    static final double START_UP = 120;
    private static final double DAY_MEAN = 6;
    private static final List<Integer> TRAINING_DAYS = days("training.days", 2, 8);
    private static final List<Integer> JUDGED_DAYS = days("judged.days", 4, 11);
    private static final double DAY_FROM = number("day.from", 0);
    private static final double DAY_HOURS = number("day.hours", 24);
    private static final double CONSTANT_HOURS = number("constant.hours", 3);
    private static final double WARM_UP = 1800;

    /** One late request of a hundred weighs as much as 5 % more GPU-hours. */
    private static final double LATE_WEIGHT = 5;

    private static final List<String> HEADER = List.of(
            "rule", "setting", "GPU-hours", "in time, %", "late", "changes an hour", "largest", "most / needed", "scale-downs that made it late");

    private static final List<String> CONSTANT_HEADER = List.of(
            "engine",
            "load",
            "best fixed",
            "GPU-hours, of it",
            "in time, %",
            "changes an hour",
            "largest",
            "scale-downs that made it late");

    private static final List<String> CHANGES_HEADER = List.of(
            "load",
            "start-up",
            "in time, %",
            "perfect reaction's",
            "GPU-hours, of its",
            "most / needed",
            "scale-downs that made it late");

    private static final List<String> DISTURBED_HEADER = List.of(
            "what happens",
            "router",
            "GPU-hours, of 7 fixed",
            "in time, %",
            "changes an hour",
            "largest",
            "scale-downs that made it late");

    private static final List<String> UNEQUAL_HEADER = List.of(
            "pods",
            "router",
            "GPU-hours, of pods alike with the least loaded",
            "in time, %",
            "lowest",
            "changes an hour",
            "scale-downs that made it late");

    private final int seeds = Integer.getInteger("bench.seeds", 40);
    private final Tables tables = new Tables(Path.of(System.getProperty("bench.docs", "src/docs")));
    private final Map<String, Setting> tuned = new LinkedHashMap<>();

    private Bench() {}

    private static double number(String name, double otherwise) {
        return Double.parseDouble(System.getProperty("bench." + name, Double.toString(otherwise)));
    }

    private static List<Integer> days(String name, Integer... otherwise) {
        String wanted = System.getProperty("bench." + name);
        return wanted == null
                ? List.of(otherwise)
                : Stream.of(wanted.split(",")).filter(day -> !day.isEmpty()).map(Integer::valueOf).toList();
    }

    public static void main(String[] arguments) throws IOException {
        String wanted = arguments.length == 0 ? "all" : arguments[0];
        Bench bench = new Bench();
        Map<String, Section> sections = new TreeMap<>(Map.of(
                "1-days", bench::days,
                "2-constant", bench::constant,
                "3-changes", bench::changes,
                "4-disturbed", bench::disturbed,
                "5-unequal", bench::unequal));
        for (Map.Entry<String, Section> section : sections.entrySet()) {
            if (wanted.equals("all") || wanted.equals(section.getKey().substring(2))) {
                section.getValue().run();
            }
        }
    }

    private interface Section {
        void run() throws IOException;
    }

    private static List<Rule> scaling() {
        List<Rule> rules = new ArrayList<>();
        rules.add(Rule.OURS);
        rules.add(Rule.OURS_KV);
        rules.addAll(Rule.PEERS);
        return rules;
    }

    private static List<Cell> dayCells(List<Engine> engines, List<Integer> days) {
        return engines.stream()
                .flatMap(engine -> days.stream()
                        .map(day -> new Cell(
                                engine, Load.day(day, DAY_MEAN, DAY_FROM, DAY_HOURS), Router.LEAST_LOADED, START_UP, 0)))
                .toList();
    }

    private static int atFirst(Cell cell) {
        return Peers.needed(cell.load().at().applyAsDouble(0) * 1.2);
    }

    private static Outcome run(Cell cell, Setting setting, long seed) {
        return cell.run(setting.make().apply(cell), atFirst(cell), seed).outcome(cell.from());
    }

    /** The same for all cells, at the same time. */
    private static List<Outcome> runAll(List<Cell> cells, Setting setting, int firstSeed, int seeds) {
        return IntStream.range(0, cells.size() * seeds)
                .parallel()
                .mapToObj(i -> run(cells.get(i / seeds), setting, 100 + firstSeed + i % seeds))
                .toList();
    }

    private static <T> T timed(String what, Supplier<T> work) {
        long began = System.nanoTime();
        T result = work.get();
        System.out.printf(Locale.ROOT, "%s: %.1f s%n", what, (System.nanoTime() - began) / 1e9);
        return result;
    }


    private void days() throws IOException {
        List<Cell> training = dayCells(Engine.TRAINING, TRAINING_DAYS);
        List<Cell> judged = dayCells(Engine.JUDGING, JUDGED_DAYS);
        double needed = training.isEmpty()
                ? 0
                : Outcome.total(runAll(training, Rule.FORESIGHT.settings().getFirst(), 0, 1))
                        .gpuHours();
        List<Svg.SampleLine> frontier = new ArrayList<>();
        for (Rule rule : TRAINING_DAYS.isEmpty() ? List.<Rule>of() : scaling()) {
            Svg.SampleLine points = new Svg.SampleLine(rule.name(), new ArrayList<>());
            double best = Double.POSITIVE_INFINITY;
            for (Setting setting : rule.settings()) {
                Outcome outcome = timed(
                        "training " + rule.name() + " " + setting.text(),
                        () -> Outcome.total(runAll(training, setting, 0, 1)));
                double ratio = outcome.gpuHours() / needed;
                double cost = ratio + LATE_WEIGHT * (1 - outcome.onTimePercent() / 100);
                System.out.printf(Locale.ROOT, "   %.3f of foresight, %.2f %% in time%n", ratio, outcome.onTimePercent());
                points.points().add(new double[] {ratio, 100 - outcome.onTimePercent()});
                if (cost < best) {
                    best = cost;
                    tuned.put(rule.name(), setting);
                }
            }
            frontier.add(points);
        }
        if (training.isEmpty()) {
            Rule.PEERS.forEach(peer -> tuned.put(peer.name(), peer.setting(Rule.TUNED.getOrDefault(peer.name(), ""))));
        } else {
            tables.plot("quality-frontier.svg", Svg.scatter("GPU-hours, of perfect foresight's", "late, %", frontier, 3, 10));
        }
        List<List<String>> rows = new ArrayList<>();
        List<List<String>> byEngine = new ArrayList<>();
        Map<String, Setting> all = new LinkedHashMap<>();
        all.put("serving_load as the README has it", ours());
        all.putAll(tuned);
        all.put(Rule.REACTION.name(), Rule.REACTION.settings().getFirst());
        all.put(Rule.FORESIGHT.name(), Rule.FORESIGHT.settings().getFirst());
        List<String> header = new ArrayList<>(List.of("rule (GPU-hours / % in time)"));
        Engine.JUDGING.forEach(engine -> header.add(engine.name()));
        for (Map.Entry<String, Setting> one : all.entrySet()) {
            String name = one.getKey();
            Setting setting = one.getValue();
            List<Outcome> outcomes = timed("judged " + name, () -> runAll(judged, setting, 0, 1));
            rows.add(row(name, setting, Outcome.total(outcomes)));
            List<String> ofEngines = new ArrayList<>(List.of(name));
            for (int i = 0; i < Engine.JUDGING.size(); i++) {
                Outcome total = Outcome.total(
                        outcomes.subList(i * JUDGED_DAYS.size(), (i + 1) * JUDGED_DAYS.size()));
                ofEngines.add(Tables.number(total.gpuHours(), 0) + " / " + Tables.number(total.onTimePercent(), 2));
            }
            byEngine.add(ofEngines);
            tables.put("days", HEADER, rows);
            tables.put("days-by-engine", header, byEngine);
        }
        plotDay(judged.get(0));
    }

    private static List<String> row(String name, Setting setting, Outcome total) {
        return List.of(
                name,
                setting.text().isEmpty() ? "–" : setting.text(),
                Tables.number(total.gpuHours(), 0),
                Tables.number(total.onTimePercent(), 2),
                Tables.number(total.late(), 0),
                Tables.number(total.changesPerHour(), 1),
                Tables.number(total.largest(), 0),
                Tables.number(total.overshoot(), 1),
                Tables.number(total.harmful(), 0));
    }

    private void plotDay(Cell cell) throws IOException {
        Course ours = cell.run(ours().make().apply(cell), atFirst(cell), 100);
        tables.plot("quality-day.svg", Svg.course("A judged day: " + cell.name(), ours));
    }

    private static Setting ours() {
        return Rule.DEFAULT;
    }


    /** Those that are judged; with {@code -Dbench.engines=training} or {@code seen} others. */
    private static List<Engine> engines() {
        return switch (System.getProperty("bench.engines", "judging")) {
            case "training" -> Engine.TRAINING;
            case "seen" -> Engine.SEEN;
            default -> Engine.JUDGING;
        };
    }

    /**
     * All cells with one seed, then all with the next: a run that is cut off leaves what it came to.
     *
     * @param table writes what there is of each of the first so many cells
     */
    private static void inRounds(int rounds, List<Work> works, Table table) throws IOException {
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < works.size(); i++) {
                Work work = works.get(i);
                int seed = round;
                work.outcomes().addAll(timed(work.name(), () -> runAll(work.cells(), work.setting(), seed, 1)));
                table.write(round == 0 ? works.subList(0, i + 1) : works);
            }
        }
    }

    private interface Table {
        void write(List<Work> done) throws IOException;
    }

    /** What is run once a seed, and what it came to so far. */
    private record Work(String name, List<Cell> cells, Setting setting, List<Outcome> outcomes) {

        Work(String name, List<Cell> cells, Setting setting) {
            this(name, cells, setting, new ArrayList<>());
        }

        Outcome total() {
            return Outcome.total(outcomes);
        }
    }

    private void constant() throws IOException {
        List<Work> works = new ArrayList<>();
        Map<Cell, Integer> best = new HashMap<>();
        for (Engine engine : engines()) {
            for (double level : new double[] {1.4, 3.3, 6.5, 12.5}) {
                Cell cell = constant(engine, level, Router.LEAST_LOADED);
                works.add(new Work(cell.name(), List.of(cell), ours()));
            }
        }
        inRounds(seeds, works, done -> {
            List<List<String>> rows = new ArrayList<>();
            for (Work work : done) {
                Cell cell = work.cells().getFirst();
                int fixed = best.computeIfAbsent(cell, Bench::bestFixed);
                Outcome total = work.total();
                rows.add(List.of(
                        cell.engine().name(),
                        Tables.number(cell.load().at().applyAsDouble(0), 1),
                        Integer.toString(fixed),
                        spread(work, o -> o.gpuHours() / (fixed * o.hours()), 2),
                        spread(work, Outcome::onTimePercent, 2),
                        spread(work, Outcome::changesPerHour, 1),
                        Tables.number(total.largest(), 0),
                        Tables.number(total.harmful(), 0)));
            }
            tables.put("constant", CONSTANT_HEADER, rows);
        });
        Cell cell = constant(engines().getFirst(), 6.5, Router.LEAST_LOADED);
        tables.plot(
                "quality-constant.svg",
                Svg.course("Constant load: " + cell.name(), cell.run(ours().make().apply(cell), 5, 100)));
    }

    private static Cell constant(Engine engine, double level, Router router) {
        return constant(engine, level, PodsMix.ALIKE, router);
    }

    private static Cell constant(Engine engine, double level, PodsMix pods, Router router) {
        return new Cell(engine, Load.constant(level, CONSTANT_HOURS), pods, router, START_UP, WARM_UP);
    }

    private static String spread(Work work, ToDoubleFunction<Outcome> value, int decimals) {
        return Tables.spread(
                work.outcomes().stream().mapToDouble(value).sorted().toArray(), decimals);
    }

    /** The smallest fleet with which 99 % are admitted in time, of seed 1. */
    private static int bestFixed(Cell cell) {
        int replicas = Math.max(1, (int) (cell.load().at().applyAsDouble(0)));
        while (cell.run(Peers.fixed(replicas), replicas, 1).outcome(cell.from()).onTimePercent() < 99) {
            replicas++;
        }
        return replicas;
    }


    private void changes() throws IOException {
        List<Load> loads = List.of(
                Load.step(2, 4),
                Load.ramp(2, 10),
                Load.sine(6, 4, 3600),
                Load.bursts(3),
                Load.trickle(6),
                Load.hour(Trace.CONVERSATION, 6));
        List<Work> works = new ArrayList<>();
        for (Load load : loads) {
            for (double startUp : new double[] {30, 180, 900}) {
                List<Cell> cells = engines().stream()
                        .map(engine -> new Cell(engine, load, Router.LEAST_LOADED, startUp, 0))
                        .toList();
                works.add(new Work(load.name() + ", " + startUp, cells, ours()));
            }
        }
        Map<Work, List<Outcome>> perfect = new IdentityHashMap<>();
        inRounds(Math.max(1, seeds / engines().size()), works, done -> {
            List<List<String>> rows = new ArrayList<>();
            for (Work work : done) {
                Outcome ours = work.total();
                List<Outcome> known = perfect.computeIfAbsent(work, _ -> new ArrayList<>());
                while (known.size() < work.outcomes().size()) {
                    int seed = known.size() / work.cells().size();
                    known.addAll(runAll(work.cells(), Rule.REACTION.settings().getFirst(), seed, 1));
                }
                Outcome reaction = Outcome.total(known);
                rows.add(List.of(
                        work.cells().getFirst().load().name(),
                        Tables.number(work.cells().getFirst().startUpSeconds(), 0) + " s",
                        Tables.number(ours.onTimePercent(), 2),
                        Tables.number(reaction.onTimePercent(), 2),
                        Tables.number(ours.gpuHours() / reaction.gpuHours(), 2),
                        Tables.number(ours.overshoot(), 2),
                        Tables.number(ours.harmful(), 0)));
            }
            tables.put("changes", CHANGES_HEADER, rows);
        });
        Cell cell = new Cell(engines().getFirst(), Load.step(2, 4), Router.LEAST_LOADED, START_UP, 0);
        tables.plot("quality-step.svg", Svg.course("Step: " + cell.name(), cell.run(ours().make().apply(cell), 3, 100)));
    }


    private void disturbed() throws IOException {
        double[] restarts = DoubleStream.of(4000, 4700, 5100, 7000, 7020, 9000)
                .map(of3Hours -> of3Hours * CONSTANT_HOURS / 3)
                .toArray();
        Map<String, Setting> cases = new LinkedHashMap<>();
        cases.put("undisturbed", ours());
        cases.put("two scalers", ours(2, Answering.AT_ONCE));
        cases.put("one scaler, restarted", ours(1, Answering.AT_ONCE, restarts));
        cases.put("two scalers, restarted in turn", ours(2, Answering.AT_ONCE, restarts));
        cases.put("pods with a queue answer slowly", ours(2, Answering.SLOWLY));
        cases.put("pods with a queue do not answer", ours(2, Answering.NOT));
        List<Work> works = new ArrayList<>();
        for (Router router : Router.values()) {
            cases.forEach((name, setting) -> works.add(new Work(
                    name,
                    engines().stream()
                            .map(engine -> constant(engine, 6.5, router))
                            .toList(),
                    setting)));
        }
        inRounds(Math.max(1, seeds / engines().size()), works, done -> {
            List<List<String>> rows = new ArrayList<>();
            for (Work work : done) {
                Outcome total = work.total();
                rows.add(List.of(
                        work.name(),
                        work.cells().getFirst().router().text(),
                        Tables.number(total.gpuHours() / (total.hours() * 7), 2),
                        Tables.number(total.onTimePercent(), 2),
                        Tables.number(total.changesPerHour(), 2),
                        Tables.number(total.largest(), 0),
                        Tables.number(total.harmful(), 0)));
            }
            tables.put("disturbed", DISTURBED_HEADER, rows);
        });
    }

    private static Setting ours(int replicas, Answering answering, double... restarts) {
        return Rule.withScalers(ours(), replicas, answering, restarts);
    }

    /** Pods that differ, or a router that does not look at their load, at a constant load. */
    private void unequal() throws IOException {
        Map<PodsMix, List<Router>> cases = new LinkedHashMap<>();
        cases.put(PodsMix.ALIKE, List.of(Router.values()));
        cases.put(PodsMix.areSlow("a third", number -> number % 3 == 0, 2), List.of(Router.LEAST_LOADED, Router.ROUND_ROBIN, Router.RANDOM));
        cases.put(PodsMix.areSlow("three", Set.of(2, 4, 6)::contains, 3), List.of(Router.ROUND_ROBIN));
        cases.put(PodsMix.areSlow("three", Set.of(2, 4, 6)::contains, 10), List.of(Router.ROUND_ROBIN));
        cases.put(PodsMix.areSlow("one", number -> number == 3, 10), List.of(Router.ROUND_ROBIN));
        cases.put(PodsMix.withOneSessionOf(.25), List.of(Router.STICKY));
        List<Work> works = new ArrayList<>();
        cases.forEach((pods, routers) -> routers.forEach(router -> works.add(new Work(
                pods.name(),
                engines().stream()
                        .flatMap(engine -> Stream.of(3.3, 6.5, 12.5)
                                .map(level -> constant(engine, level, pods, router)))
                        .toList(),
                ours()))));
        inRounds(Math.max(1, seeds / engines().size()), works, done -> {
            List<List<String>> rows = new ArrayList<>();
            Outcome alike = done.getFirst().total();
            for (Work work : done) {
                Outcome total = work.total();
                double lowest = work.outcomes().stream()
                        .mapToDouble(Outcome::onTimePercent)
                        .min()
                        .orElseThrow();
                rows.add(List.of(
                        work.name(),
                        work.cells().getFirst().router().text(),
                        Tables.number(total.gpuHours() / total.hours() / (alike.gpuHours() / alike.hours()), 2),
                        Tables.number(total.onTimePercent(), 2),
                        Tables.number(lowest, 2),
                        Tables.number(total.changesPerHour(), 2),
                        Tables.number(total.harmful(), 0)));
            }
            tables.put("unequal", UNEQUAL_HEADER, rows);
        });
    }
}
