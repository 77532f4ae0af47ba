package io.nimscaler.scrape;

import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;

/**
 * The addresses of hosts that have a name, such as wake sources. Pods have addresses only. Quarkus makes Vert.x resolve names by
 * the JDK. This blocks the event loop, for many seconds if the cluster's DNS does not answer. So this class asks on threads of
 * its own, once at a time for each name.
 *
 * <p>An address is used as long as its connection lasts. So a source is read while the DNS is away, and one with several
 * addresses is always read at the same one. Belongs to the event loop of the scraper; only the lookup does not.
 */
final class Names {

    private static final int THREADS = 4;

    /** The address of a name; blocks. */
    interface Lookup {

        String addressOf(String name) throws UnknownHostException;
    }

    private final WorkerExecutor threads;
    private final Lookup lookup;
    private final Map<String, String> found = new HashMap<>();
    private final Map<String, Future<String>> underWay = new HashMap<>();

    Names(Vertx vertx, Lookup lookup) {
        this.threads = vertx.createSharedWorkerExecutor("names", THREADS);
        this.lookup = lookup;
    }

    /**
     * Fails with an {@link UnknownHostException}.
     *
     * @param host a name or an address, which is its own
     */
    Future<String> addressOf(String host) {
        if (isAddress(host)) {
            return Future.succeededFuture(host);
        }
        String known = found.get(host);
        if (known != null) {
            return Future.succeededFuture(known);
        }
        Future<String> asked = underWay.get(host);
        if (asked == null) {
            asked = threads.executeBlocking(() -> lookup.addressOf(host), false);
            underWay.put(host, asked);
            asked.onComplete(answer -> {
                underWay.remove(host);
                if (answer.succeeded()) {
                    found.put(host, answer.result());
                }
            });
        }
        return asked;
    }

    /** A connection to this address was closed, or could not be made. */
    void forget(String address) {
        found.values().removeIf(address::equals);
    }

    private static boolean isAddress(String host) {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }

    void close() {
        threads.close();
    }
}
