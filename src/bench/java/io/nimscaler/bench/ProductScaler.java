package io.nimscaler.bench;

import io.nimscaler.exposition.Exposition.Parsed;
import io.nimscaler.exposition.ExpositionReader;
import io.nimscaler.exposition.MetricNames;
import io.nimscaler.exposition.ReadLimits;
import io.nimscaler.hpa.HpaBehavior;
import io.nimscaler.hpa.HpaFormula;
import io.nimscaler.hpa.HpaModel;
import io.nimscaler.hpa.MetricType;
import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Answers;
import io.nimscaler.policy.Scale;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.scaler.Observation;
import io.nimscaler.scaler.Pod;
import io.nimscaler.scaler.Pods;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Scalers;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.Scraper;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.wake.WakeSources;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.TriggerParser;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * This scaler: bytes are read by its reader, decisions are made by its scalers, answers are read by the HPA every 15 s from one of its
 * replicas in turn.
 */
final class ProductScaler implements Autoscaler, Pods, Scraper {

    /** How pods with a queue answer their metrics endpoint. */
    enum Answering {
        AT_ONCE,
        /** After up to 4 s. */
        SLOWLY,
        /** Not at all beyond 40 requests in the queue. */
        NOT
    }

    private record Delivery(double at, Consumer<ScrapeResult> done, ScrapeResult result) {}

    private static final ScaledObjectId ID = new ScaledObjectId("bench", "llm");
    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");
    /** Seconds from one decision to the next. */
    private static final double TICK = Double.parseDouble(System.getProperty("bench.decision", "0.5"));

    private final Trigger trigger;
    private final Answers answers;
    private final HpaModel hpa;
    private final Answering answering;
    private final double[] restarts;
    private final List<Scalers> scalers = new ArrayList<>();
    private final Map<MetricNames, ExpositionReader> readers = new HashMap<>();
    private final Map<String, Pod> pods = new HashMap<>();
    private final PriorityQueue<Delivery> deliveries = new PriorityQueue<>(Comparator.comparingDouble(Delivery::at));
    private Optional<Fleet> fleet = Optional.empty();
    private Optional<Observation> observation = Optional.empty();
    private double nextTick;
    private int restarted;
    private int turn;
    private double reading = Double.NaN;

    /**
     * @param metadata the trigger's
     * @param replicas of the scaler
     * @param restarts moments at which one replica, the next each time, begins anew
     */
    ProductScaler(Map<String, String> metadata, HpaBehavior behavior, int replicas, Answering answering, double... restarts) {
        this.trigger = switch (TriggerParser.parse(metadata)) {
            case ParsedTrigger.Valid valid -> valid.trigger();
            case ParsedTrigger.Invalid invalid -> throw new IllegalArgumentException(invalid.text());
        };
        this.answers = new Answers(trigger);
        this.hpa = new HpaModel(
                new HpaFormula(trigger.stabilization().tolerance()),
                MetricType.AVERAGE_VALUE,
                1,
                Cell.MAX_REPLICAS,
                behavior);
        this.answering = answering;
        this.restarts = restarts;
        for (int i = 0; i < replicas; i++) {
            scalers.add(begin(EPOCH));
        }
    }

    private Scalers begin(Instant now) {
        Scalers fresh = new Scalers(this, this, WakeSources.none(), GpuExporters.none(), _ -> {});
        fresh.put(ID, List.of(trigger), false, now);
        return fresh;
    }

    private static Instant instant(double seconds) {
        return EPOCH.plusMillis(Math.round(seconds * 1000));
    }

    @Override
    public void tick(Fleet present) {
        fleet = Optional.of(present);
        double now = present.now();
        if (now < nextTick) {
            return;
        }
        nextTick = now + TICK;
        observation = Optional.of(describe(present));
        while (!deliveries.isEmpty() && deliveries.peek().at() <= now) {
            Delivery delivery = deliveries.remove();
            delivery.done().accept(delivery.result());
        }
        if (restarted < restarts.length && now >= restarts[restarted]) {
            scalers.set(restarted % scalers.size(), begin(instant(now)));
            restarted++;
        }
        for (Scalers one : scalers) {
            one.tick(ID, instant(now));
        }
    }

    private Observation describe(Fleet present) {
        List<Pod> described = new ArrayList<>();
        int ready = 0;
        for (Replica replica : present.replicas()) {
            boolean isReady = replica.isReady(present.now());
            ready += isReady ? 1 : 0;
            Pod known = pods.get(replica.name);
            if (known == null || known.ready() != isReady) {
                known = pod(replica, isReady);
                pods.put(replica.name, known);
            }
            described.add(known);
        }
        return new Observation.Known(new Scale(present.spec(), present.replicas().size()), ready, described);
    }

    private static Pod pod(Replica replica, boolean ready) {
        return new Pod(
                replica.name,
                replica.name,
                Pod.Access.at(Optional.of(replica.name), Map.of()),
                ready
                        ? Pod.Startup.ready(instant(replica.madeAt), instant(replica.readyAt))
                        : Pod.Startup.starting(instant(replica.madeAt)));
    }

    @Override
    public Observation observe(ScaledObjectId scaledObject, Optional<String> podSelector) {
        return observation.orElseThrow();
    }

    @Override
    public void scrape(ScrapeRequest request, Consumer<ScrapeResult> done) {
        Fleet present = fleet.orElseThrow();
        Optional<Replica> asked = present.replicas().stream()
                .filter(replica -> replica.name.equals(request.host()))
                .findFirst();
        if (asked.isEmpty() || !asked.get().isReady(present.now())) {
            done.accept(new ScrapeResult.Failed(ScrapeFailure.CANNOT_CONNECT, "connection refused"));
            return;
        }
        int queue = asked.get().waiting.size();
        switch (answering) {
            case AT_ONCE -> done.accept(read(request, asked.get()));
            case SLOWLY -> {
                double takes = Math.min(4, queue / 20.0);
                deliveries.add(new Delivery(present.now() + takes, done, read(request, asked.get())));
            }
            case NOT -> {
                if (queue > 40) {
                    deliveries.add(new Delivery(
                            present.now() + 5,
                            done,
                            new ScrapeResult.Failed(ScrapeFailure.TIMEOUT, "no answer within 5 s")));
                } else {
                    done.accept(read(request, asked.get()));
                }
            }
        }
    }

    private ScrapeResult read(ScrapeRequest request, Replica replica) {
        byte[] body = Exposition.of(replica, fleet.orElseThrow().engine());
        ExpositionReader reader =
                readers.computeIfAbsent(request.wanted(), wanted -> new ExpositionReader(wanted, ReadLimits.DEFAULT));
        reader.read(body, 0, body.length);
        return reader.finish() instanceof Parsed parsed
                ? new ScrapeResult.Scraped(parsed.series())
                : new ScrapeResult.Failed(ScrapeFailure.MALFORMED, "not in the format");
    }

    @Override
    public int sync(Fleet present) {
        Scalers asked = scalers.get(turn++ % scalers.size());
        Optional<Snapshot> snapshot = asked.snapshot(ID, trigger);
        Scale scale = new Scale(present.spec(), present.replicas().size());
        OptionalLong value = snapshot.isPresent() && snapshot.get().answer(scale) instanceof Answer.Value(long milli)
                ? OptionalLong.of(milli)
                : OptionalLong.empty();
        reading = value.isPresent() ? value.getAsLong() / (double) answers.targetMilli() : Double.NaN;
        return hpa.sync(
                value,
                answers.targetMilli(),
                present.spec(),
                present.replicas().size(),
                present.ready().size(),
                instant(present.now()));
    }

    @Override
    public double reading() {
        return reading;
    }

    static HpaBehavior behavior() {
        return HpaBehavior.ofDefaults(Duration.ZERO);
    }
}
