package io.nimscaler.scrape;

import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.Scraper;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks pods with Vert.x's plain HTTP client, which takes a third of the CPU and a fifth of the memory of the JDK's at
 * thousands of keep-alive hosts.
 *
 * <p>One event loop owns it, the one that first calls {@link #scrape}: every call must come from that thread, every
 * {@code done} runs on it, later than the call that asked, and nothing here is synchronized. {@link #close} may come from
 * any thread; what is under way then ends in failures.
 */
public final class VertxScraper implements Scraper, AutoCloseable {

    private final Vertx vertx;
    private final ScrapeSettings settings;
    private final PodAuths auths;
    private final PodClients clients;
    private final long reloads;
    private final Scratch scratch = new Scratch();
    private final KeptBytes kept = new KeptBytes();
    private volatile @Nullable Thread owner;

    public VertxScraper(Vertx vertx, ScrapeSettings settings, PodAuths auths) {
        this(vertx, settings, auths, name -> InetAddress.getByName(name).getHostAddress());
    }

    VertxScraper(Vertx vertx, ScrapeSettings settings, PodAuths auths, Names.Lookup lookup) {
        this.vertx = vertx;
        this.settings = settings;
        this.auths = auths;
        this.clients = new PodClients(vertx, settings, auths, new Names(vertx, lookup));
        this.reloads = vertx.setPeriodic(auths.reloadPeriod().toMillis(), _ -> reload());
    }

    /** A Secret that is renewed needs no restart. */
    private void reload() {
        vertx.executeBlocking(() -> auths.reload(), false)
                .onSuccess(changed ->
                        changed.forEach(name -> auths.files(name).ifPresent(files -> clients.renew(name, files))));
    }

    @Override
    public void scrape(ScrapeRequest request, Consumer<ScrapeResult> done) {
        requireOwner();
        new Exchange(vertx, clients, auths, settings, scratch, kept, request, done).start();
    }

    @Override
    public void close() {
        vertx.cancelTimer(reloads);
        clients.close();
    }

    private void requireOwner() {
        Thread caller = Thread.currentThread();
        if (owner == null && Context.isOnEventLoopThread()) {
            owner = caller;
            scratch.serveThisThread();
        }
        if (owner != caller) {
            throw new IllegalStateException("scrape() was called on " + caller.getName() + ", must be called on "
                    + (owner == null ? "an event loop" : owner.getName()));
        }
    }
}
