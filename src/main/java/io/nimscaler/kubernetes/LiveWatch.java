package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.nimscaler.trigger.Printable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An informer that is opened again when it has shown no sign of life for a while, or stays broken. A connection that the other
 * side has lost (a node that died, a replaced load balancer) looks like a quiet one. The client itself gives it up only after 5
 * to 10 minutes. API servers send a bookmark on every watch about once a minute (kubernetes: apiserver, storage/cacher,
 * {@code defaultBookmarkFrequency}). So a watch that works is hardly ever opened again. Usually the client opens a watch that
 * has ended. Now and then it does not.
 */
final class LiveWatch<T extends HasMetadata> implements AutoCloseable {

    /** After so long without a sign of life, bookmarks included, it is not known what there is. */
    static final Duration SILENT_HOLDS_FOR = Duration.ofSeconds(90);

    private static final Duration SILENT_AFTER = Duration.ofSeconds(70);

    /** So long has the client to make one anew. */
    private static final Duration BROKEN_AFTER = Duration.ofSeconds(60);

    /** Of all watches together: each lists what there is, and an API server that is back is asked by all. */
    private static final Semaphore OPENINGS = new Semaphore(20);

    /** Watches that were opened in one moment are not opened anew in one. */
    private static final int SPREAD_MILLIS = 5_000;

    /** The new one has this long to show what there is. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int LONGEST_TROUBLE = 120;

    /** Is told what happens to an object, from a thread of the client's. */
    interface Listener<T> {

        /** @param before absent: it is new */
        void isThere(@Nullable T before, T now);

        void isGone(T before);
    }

    private final Supplier<SharedIndexInformer<T>> opening;
    private final Listener<T> listener;
    private final Duration silentAfter;
    private volatile SharedIndexInformer<T> shown;
    private volatile Instant aliveAt;
    private volatile Instant watchedAt;
    private volatile Optional<String> trouble = Optional.empty();
    private volatile @Nullable SharedIndexInformer<T> successor;
    private Instant succeedsSince = Instant.EPOCH;
    private @Nullable String version;
    private boolean watching;
    private boolean closed;

    /** Begins at once, and retries without end. */
    LiveWatch(Supplier<SharedIndexInformer<T>> opening, Listener<T> listener, InstantSource clock) {
        this.opening = opening;
        this.listener = listener;
        this.aliveAt = clock.instant();
        this.watchedAt = aliveAt;
        this.shown = opening.get();
        this.silentAfter = SILENT_AFTER.plusMillis(Math.floorMod(System.identityHashCode(shown), SPREAD_MILLIS));
        start(shown);
    }

    /** On a thread of its own, since the client may resolve and connect. */
    private void start(SharedIndexInformer<T> informer) {
        informer.exceptionHandler((_, cause) -> {
                    trouble = Optional.of(says(cause));
                    return true;
                })
                .addEventHandler(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(T object) {
                        if (informer == shown || informer == successor) {
                            listener.isThere(null, object);
                        }
                    }

                    @Override
                    public void onUpdate(T before, T after) {
                        if (informer == shown || informer == successor) {
                            listener.isThere(before, after);
                        }
                    }

                    @Override
                    public void onDelete(T object, boolean finalStateUnknown) {
                        if (informer == shown || informer == successor) {
                            listener.isGone(object);
                        }
                    }
                });
        Thread.ofVirtual().name("watch").start(informer::start);
    }

    /** What the client says of a refusal is mostly the URL. */
    private static String says(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof KubernetesClientException e && (e.getCode() == 401 || e.getCode() == 403)) {
                return "not allowed: bind a role that allows to list and watch";
            }
        }
        return Printable.of(String.valueOf(thrown.getMessage()), LONGEST_TROUBLE);
    }

    /** Looks for signs of life, and opens another where there are none; what went meanwhile is told. */
    void tend(Instant now) {
        List<T> before = lookAndReplace(now);
        if (before != null) {
            Set<String> there = list().stream().map(LiveWatch::nameOf).collect(Collectors.toSet());
            before.stream().filter(object -> !there.contains(nameOf(object))).forEach(listener::isGone);
        }
    }

    /** What was shown before, if another is shown now. */
    private synchronized @Nullable List<T> lookAndReplace(Instant now) {
        if (closed) {
            return null;
        }
        noteSigns(now);
        SharedIndexInformer<T> next = successor;
        if (next == null) {
            if (needsAnother(now) && OPENINGS.tryAcquire()) {
                succeedsSince = now;
                next = opening.get();
                successor = next;
                start(next);
            }
            return null;
        }
        if (isUpToDate(next)) {
            SharedIndexInformer<T> former = shown;
            List<T> before = former.getStore().list();
            shown = next;
            successor = null;
            OPENINGS.release();
            aliveAt = now;
            watchedAt = now;
            closeAside(former);
            return before;
        }
        if (succeedsSince.plus(PATIENCE).isBefore(now)) {
            successor = null;
            OPENINGS.release();
            closeAside(next);
        }
        return null;
    }

    private boolean needsAnother(Instant now) {
        Instant since = watching ? aliveAt : watchedAt;
        Duration patience = watching ? silentAfter : BROKEN_AFTER;
        return since.plus(patience).isBefore(now)
                && (watching || succeedsSince.plus(BROKEN_AFTER).isBefore(now));
    }

    private void noteSigns(Instant now) {
        boolean isWatching = isUpToDate(shown);
        String latest = shown.lastSyncResourceVersion();
        if (isWatching && !watching || !Objects.equals(latest, version)) {
            aliveAt = now;
        }
        if (isWatching) {
            watchedAt = now;
            trouble = successor == null ? Optional.empty() : trouble;
        }
        watching = isWatching;
        version = latest;
    }

    private static String nameOf(HasMetadata object) {
        return object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
    }

    List<T> list() {
        return shown.getStore().list();
    }

    boolean hasSynced() {
        return shown.hasSynced();
    }

    /** Whether it shows what there is at this moment, as far as can be seen. */
    boolean isUpToDate() {
        return isUpToDate(shown);
    }

    /**
     * How long what the API server last said holds while it says nothing else: three reads of {@code /scale} in a row.
     *
     * @param scaleRefresh how often {@code /scale} is read
     */
    static Duration holdsFor(Duration scaleRefresh) {
        return scaleRefresh.multipliedBy(3);
    }

    private static boolean isUpToDate(SharedIndexInformer<?> informer) {
        return informer.hasSynced() && informer.isWatching();
    }

    /**
     * Why what it shows does not hold, as the end of a sentence about it; empty where it does. A watch that is broken is made anew for
     * ever, and where that is refused nobody is told: what it shows may be others' by now.
     *
     * @param holdsFor how long it holds while the watch is broken
     */
    Optional<String> untrustedBecause(Instant now, Duration holdsFor) {
        String why = trouble.map(text -> " (" + text + ")").orElse("");
        if (!shown.hasSynced()) {
            return Optional.of("has not synced yet" + why);
        }
        if (!shown.isWatching()) {
            return watchedAt.plus(holdsFor).isBefore(now) ? Optional.of("is broken" + why) : Optional.empty();
        }
        return aliveAt.plus(SILENT_HOLDS_FOR).isBefore(now)
                ? Optional.of("has shown no sign of life for " + SILENT_HOLDS_FOR.toSeconds() + " s" + why)
                : Optional.empty();
    }

    private static void closeAside(SharedIndexInformer<?> informer) {
        Thread.ofVirtual().name("watch").start(informer::close);
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        closeAside(shown);
        SharedIndexInformer<T> next = successor;
        if (next != null) {
            OPENINGS.release();
            closeAside(next);
        }
    }
}
