package io.nimscaler.demo;

import io.nimscaler.hpa.HpaFormula;
import io.nimscaler.hpa.HpaModel;
import io.nimscaler.hpa.MetricType;
import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Answers;
import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.Observation;
import io.nimscaler.scaler.Pods;
import io.nimscaler.scaler.ReplicaBounds;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Scalers;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.TriggerParser;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.logging.Logger;

/**
 * The whole loop on one machine: simulated pods that are really asked over HTTP, and a model of the HPA that follows the
 * answers. A new pod is ready 20 s after it is wanted, and one pod fails now and then.
 */
public final class Demo implements Pods {

    private static final Logger LOG = Logger.getLogger(Demo.class);
    private static final ScaledObjectId ID = new ScaledObjectId("demo", "nim-llm");

    /** As the README's first ScaledObject, and a window that fits into a load of five minutes. */
    private static final Map<String, String> METADATA = Map.of(
            "metric",
            "serving_load",
            "targetValue",
            "0.85",
            "port",
            "metrics",
            "pollInterval",
            "1s",
            "downscaleStabilizationWindow",
            "20s");

    private static final ReplicaBounds BOUNDS = new ReplicaBounds(1, 8);
    private static final Duration START_UP = Duration.ofSeconds(20);
    private static final Duration HPA_SYNC = Duration.ofSeconds(5);
    private static final long FAILURE_EVERY_SECONDS = 75;
    private static final long FAILURE_LASTS_SECONDS = 25;

    private final Vertx vertx;
    private final InstantSource clock;
    private final Instant start;
    private final Trigger trigger;
    private final HpaModel hpa;
    private final List<DemoPod> pods = new CopyOnWriteArrayList<>();
    private int made;

    public Demo(Vertx vertx, InstantSource clock) {
        this.vertx = vertx;
        this.clock = clock;
        this.start = clock.instant();
        this.trigger = trigger();
        this.hpa = new HpaModel(
                new HpaFormula(trigger.stabilization().tolerance()),
                MetricType.AVERAGE_VALUE,
                BOUNDS.least(),
                BOUNDS.most(),
                Duration.ZERO);
        add(Duration.ZERO);
    }

    private static Trigger trigger() {
        return switch (TriggerParser.parse(METADATA)) {
            case ParsedTrigger.Valid valid -> valid.trigger();
            case ParsedTrigger.Invalid invalid -> throw new IllegalStateException(invalid.text());
        };
    }

    /** From now on, on the owner's thread, the fleet follows the HPA. */
    public void start(Scalers scalers) {
        scalers.put(ID, List.of(trigger), true, clock.instant());
        vertx.setPeriodic(HPA_SYNC.toMillis(), _ -> sync(scalers));
        LOG.infof("demo started namespace=%s scaledObject=%s metadata=%s", ID.namespace(), ID.name(), METADATA);
    }

    @Override
    public Observation observe(ScaledObjectId scaledObject, Optional<String> podSelector) {
        return scaledObject.equals(ID)
                ? new Observation.Known(
                        scale(),
                        readyPods(),
                        pods.stream().map(DemoPod::describe).toList())
                : new Observation.Absent("the demo has only " + ID);
    }

    @Override
    public Optional<ReplicaBounds> bounds(ScaledObjectId scaledObject) {
        return scaledObject.equals(ID) ? Optional.of(BOUNDS) : Optional.empty();
    }

    private int readyPods() {
        return (int) pods.stream().filter(DemoPod::isReady).count();
    }

    private Scale scale() {
        return new Scale(pods.size(), pods.size());
    }

    private void sync(Scalers scalers) {
        failNowAndThen();
        int ready = readyPods();
        OptionalLong value = scalers.snapshot(ID, trigger)
                .map(Snapshot::answer)
                .map(answer ->
                        answer instanceof Answer.Value(long milli) ? OptionalLong.of(milli) : OptionalLong.empty())
                .orElse(OptionalLong.empty());
        int wanted =
                hpa.sync(value, new Answers(trigger).targetMilli(), pods.size(), pods.size(), ready, clock.instant());
        if (wanted != pods.size()) {
            LOG.infof("the demo's HPA wants %d replicas; %d are there, %d are ready", wanted, pods.size(), ready);
        }
        while (pods.size() < wanted) {
            add(START_UP);
        }
        while (pods.size() > wanted) {
            pods.removeLast().stop();
        }
    }

    private void add(Duration startUp) {
        made++;
        pods.add(new DemoPod(vertx, "nim-llm-" + made, startUp, clock, this::share));
    }

    /** The load is spread over the ready pods; one that fails still works. */
    private double share() {
        return DemoLoad.at(Duration.between(start, clock.instant())) / Math.max(1, readyPods());
    }

    private void failNowAndThen() {
        long second = Duration.between(start, clock.instant()).toSeconds() % FAILURE_EVERY_SECONDS;
        pods.getFirst().failing(second >= FAILURE_EVERY_SECONDS - FAILURE_LASTS_SECONDS);
    }
}
