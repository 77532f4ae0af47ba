package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.Measurement.NoMetric;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The load in full replicas: the work that runs on a pod, and its queue. KV usage alone misses two cases. It ends at 1 while a
 * queue grows. And if the limit of running requests is reached first, it never gets near the target.
 *
 * <p>Per pod: base + waiting · u, see {@link ServingLoadOfFleet}.
 *
 * <p>A pod without a queue length has no sample, because KV usage under this name would hide the queue. Only if the engine's
 * version has no queue length (early TensorRT-LLM), the pod counts by what is there: KV usage, and running requests if there are
 * any.
 *
 * @param maxRunning how many requests one pod works on at once; empty: as the pod says, else learned
 * @param watch how pods work is watched over parts and multiples of it; at least four poll intervals. A pod's value is of this moment all the same
 */
public record ServingLoad(OptionalInt maxRunning, Duration watch) implements Signal {

    /** The value of the key {@code metric}. */
    public static final String NAME = "serving_load";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean isAdditive() {
        return true;
    }

    @Override
    public boolean saturatesAtOne() {
        return false;
    }

    /** Its queue has no bound, but one replica is not meant to carry the work of more than ten. */
    @Override
    public double highestTarget() {
        return 10;
    }

    @Override
    public Optional<Signal> costedBy() {
        return Optional.of(this);
    }

    @Override
    public boolean isCutByRefusals() {
        return true;
    }

    @Override
    public boolean stepsDown() {
        return true;
    }

    @Override
    public List<String> seriesNames() {
        return Engine.ALL.stream()
                .flatMap(engine -> Stream.of(
                        engine.kvUsage().seriesNames(),
                        engine.running().seriesNames(),
                        engine.waiting().seriesNames(),
                        engine.transfers().seriesNames().toList(),
                        engine.maxRunning().seriesNames(),
                        engine.tokens().names(),
                        engine.prompts().names(),
                        engine.completed().names()))
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    @Override
    public PodSignal ofPod(Optional<String> modelName) {
        return new OfPod(modelName, watch);
    }

    @Override
    public FleetSignal ofFleet() {
        return new ServingLoadOfFleet(maxRunning, WorkHistory.flowWindow(watch));
    }

    /** What is kept of one pod from scrape to scrape. */
    private static final class OfPod implements PodSignal {

        private final Optional<String> modelName;
        private final WorkHistory history;
        private final CounterGrowth tokens = new CounterGrowth();
        private final CounterGrowth prompts = new CounterGrowth();
        private final CounterGrowth completed = new CounterGrowth();

        OfPod(Optional<String> modelName, Duration window) {
            this.modelName = modelName;
            this.history = new WorkHistory(window);
        }

        @Override
        public Measurement read(List<SampleLine> body, Instant scrapedAt) {
            for (Engine engine : Engine.ALL) {
                if (engine.kvUsage().isIn(body)) {
                    return new Reader(engine, body, modelName, scrapedAt).read(this);
                }
            }
            return new NoMetric("no series of the KV cache usage, by any engine's name");
        }

        @Override
        public long keptBytes() {
            return history.keptBytes() + tokens.keptBytes() + prompts.keptBytes() + completed.keptBytes();
        }

        Pace paceOf(Engine engine, List<SampleLine> body, Instant at, double kvUsage, double running, double waiting) {
            double tokensSoFar = soFar(engine.tokens(), tokens, body);
            // If this counter alone begins anew, the rest of the history stays
            double promptsSoFar = total(engine.prompts(), prompts, body);
            double completedSoFar = soFar(engine.completed(), completed, body);
            double forRoom = engine.transfers().forRoom(waiting, body, modelName, at);
            return history.add(at, kvUsage, running, waiting, forRoom, tokensSoFar, promptsSoFar, completedSoFar);
        }

        /** Where the counter began anew, so does the history. */
        private double soFar(Counter counter, CounterGrowth growth, List<SampleLine> body) {
            double total = total(counter, growth, body);
            if (!Double.isNaN(total) && !growth.goesOn()) {
                history.clear();
            }
            return total;
        }

        /** NaN: it does not say, or what it says can not be. */
        private double total(Counter counter, CounterGrowth growth, List<SampleLine> body) {
            return counter.read(growth, body, modelName) ? growth.total() : Double.NaN;
        }
    }

    /** Reads one body; stops at the first gauge that can not be used. */
    private static final class Reader {

        private final Engine engine;
        private final List<SampleLine> body;
        private final Optional<String> modelName;
        private final Instant scrapedAt;
        private Instant oldest;
        private Optional<Measurement> unusable = Optional.empty();

        Reader(Engine engine, List<SampleLine> body, Optional<String> modelName, Instant scrapedAt) {
            this.engine = engine;
            this.body = body;
            this.modelName = modelName;
            this.scrapedAt = scrapedAt;
            this.oldest = scrapedAt;
        }

        Measurement read(OfPod pod) {
            OptionalDouble kvUsage = amount(engine.kvUsage(), false);
            OptionalDouble running = amount(engine.running(), engine.mayLackRequests());
            OptionalDouble waiting = amount(engine.waiting(), engine.mayLackRequests());
            OptionalDouble max = amount(engine.maxRunning(), true);
            if (unusable.isPresent()) {
                return unusable.get();
            }
            Pace pace = running.isEmpty()
                    ? Pace.UNKNOWN
                    : pod.paceOf(
                            engine, body, scrapedAt, kvUsage.orElseThrow(), running.getAsDouble(), waiting.orElse(0));
            return new Measured(
                    new PodValue.Work(kvUsage.orElseThrow(), running, waiting.orElse(0), max, pace), oldest);
        }

        private OptionalDouble amount(Gauge gauge, boolean mayLack) {
            if (unusable.isPresent() || (mayLack && !gauge.isIn(body))) {
                return OptionalDouble.empty();
            }
            Measurement measurement = gauge.measure(body, modelName, scrapedAt);
            if (measurement instanceof Measured(PodValue.Amount(double value), Instant at)) {
                oldest = at.isBefore(oldest) ? at : oldest;
                return OptionalDouble.of(value);
            }
            unusable = Optional.of(measurement);
            return OptionalDouble.empty();
        }
    }
}
