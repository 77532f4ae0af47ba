package io.nimscaler.app;

import io.nimscaler.scaler.Pods;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.ScalerControl;
import io.nimscaler.scaler.Scalers;
import io.nimscaler.scaler.TriggerByCall;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.WrittenMetadata;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * The one thread that owns the scalers. It is an event loop: it lets time pass, asks the pods, reads their answers and takes the
 * events of the watches. One core asks 10,000 pods every 5 s. Nothing else runs on it, so no call waits for a decision.
 */
final class OwnerThread implements ScalerControl {

    private static final Logger LOG = Logger.getLogger(OwnerThread.class);
    private static final long TICK_MILLIS = 50;
    /** Files of certificates and tokens are read again by them. */
    private static final int WORKERS = 2;

    private static final Duration HUNG_AFTER = Duration.ofSeconds(60);

    private final Vertx vertx;
    private final Context context;
    private final Scalers scalers;
    private final Pods pods;
    private final InstantSource clock;
    private volatile Instant lastTick;
    private volatile boolean stopped;

    OwnerThread(Vertx vertx, Context context, Scalers scalers, Pods pods, InstantSource clock) {
        this.pods = pods;
        this.vertx = vertx;
        this.context = context;
        this.scalers = scalers;
        this.clock = clock;
        this.lastTick = clock.instant();
    }

    /**
     * Vert.x with the one event loop. Those of Quarkus have the calls, and no public way leaves one of them out. Of files and of the class
     * path nothing is served here.
     */
    static Vertx eventLoop() {
        return Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(WORKERS)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
    }

    /** Time begins to pass. */
    void start() {
        context.runOnContext(_ -> {
            Thread.currentThread().setName("owner");
            vertx.setPeriodic(0, TICK_MILLIS, _ -> tick());
        });
    }

    /** Time passes no more. */
    void stop() {
        stopped = true;
    }

    @Override
    public boolean isAlive() {
        return !lastTick.plus(HUNG_AFTER).isBefore(clock.instant()) && pods.isAlive();
    }

    @Override
    public long keptOfPods(ScaledObjectId id) {
        return scalers.keptOfPods(id);
    }

    private void tick() {
        lastTick = clock.instant();
        if (stopped) {
            return;
        }
        for (ScaledObjectId id : scalers.due(lastTick)) {
            try {
                scalers.tick(id, clock.instant());
            } catch (RuntimeException bug) {
                // One ScaledObject's trouble must not stop the others; its snapshot grows old and is then unavailable
                LOG.errorf(bug, "decision failed namespace=%s scaledObject=%s", id.namespace(), id.name());
            }
        }
        try {
            scalers.pollWakeSources(clock.instant());
        } catch (RuntimeException bug) {
            // A source that is not asked grows old and is then unknown
            LOG.error("the poll of the wake sources failed", bug);
        }
        try {
            scalers.pollExporters(clock.instant());
        } catch (RuntimeException bug) {
            // The samples of an exporter that is not asked grow old, and their pods are then missing
            LOG.error("the poll of the GPU exporters failed", bug);
        }
    }

    @Override
    public void put(ScaledObjectId id, Collection<Trigger> triggers, Set<TriggerByCall> byCall) {
        context.runOnContext(_ -> scalers.put(id, triggers, byCall, clock.instant()));
    }

    @Override
    public void remove(ScaledObjectId id) {
        context.runOnContext(_ -> scalers.remove(id));
    }

    @Override
    public void adopt(ScaledObjectId id, Trigger trigger, WrittenMetadata written) {
        context.runOnContext(_ -> scalers.adopt(id, trigger, written, clock.instant()));
    }
}
