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

    /** So much falls due in between that it is done in one go, which costs less than to wake up for each. */
    private static final long PAUSE_MILLIS = 50;

    /** Where something due was left for the next time: until what has been received meanwhile is read. */
    private static final long PAUSE_WITHIN_WORK_MILLIS = 1;

    /**
     * So long is worked before what the pods have answered is read, and before others get the core. More would let answers that are there
     * pass for late: then connections are closed and opened again, which costs more than to read them.
     */
    private static final Duration AT_ONCE = Duration.ofMillis(5);

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
            goOn();
        });
    }

    /** Until it is stopped, whatever goes wrong in between. */
    private void goOn() {
        if (stopped) {
            return;
        }
        long pause = PAUSE_MILLIS;
        try {
            pause = tick();
        } finally {
            vertx.setTimer(pause, _ -> goOn());
        }
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

    /**
     * Does what is due, the longest due first, and of that no more than fits into {@link #AT_ONCE}.
     *
     * @return after how many ms it is to be called again
     */
    long tick() {
        lastTick = clock.instant();
        Instant end = lastTick.plus(AT_ONCE);
        Instant now = lastTick;
        for (ScaledObjectId id : scalers.due(lastTick)) {
            tick(id, now);
            now = clock.instant();
            if (!now.isBefore(end)) {
                break;
            }
        }
        pollWhatIsShared();
        return scalers.nextDue().isAfter(lastTick) ? PAUSE_MILLIS : PAUSE_WITHIN_WORK_MILLIS;
    }

    private void tick(ScaledObjectId id, Instant now) {
        try {
            scalers.tick(id, now);
        } catch (RuntimeException bug) {
            // One ScaledObject's trouble must not stop the others; its snapshot grows old and is then unavailable
            LOG.errorf(bug, "decision failed namespace=%s scaledObject=%s", id.namespace(), id.name());
        }
    }

    private void pollWhatIsShared() {
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
