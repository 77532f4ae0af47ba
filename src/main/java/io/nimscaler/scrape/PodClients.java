package io.nimscaler.scrape;

import io.nimscaler.scaler.ScrapeRequest;
import io.nimscaler.trigger.Scheme;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.tracing.TracingPolicy;

/**
 * The HTTP clients, one per scheme, since only one of them will ever have trust and credentials to set.
 *
 * <p>One connection per pod: a pod's API server spends its event loop on us, and two answers at once tell nothing more.
 * Redirects are not followed, proxies of the environment not used, and no compression is offered: engines have none. The
 * clients have no metrics name, without which Quarkus makes no meters of them, since those have the pod's address as label.
 */
final class PodClients {

    /** Netty cuts a body into pieces of at most this, so a common body of 57 kB comes as the socket gives it. */
    static final int CHUNK_BYTES = 1 << 16;

    /** All headers of an answer together, and its status line. */
    static final int HEADER_BYTES = 8 << 10;

    private static final int CONNECTIONS_PER_POD = 1;

    /** Every look goes over all pods; an expired connection in between costs a retry at worst. */
    private static final int CLEANER_PERIOD_MILLIS = 5_000;

    /**
     * The engines know this format only. They ignore the header; what answers in their place mostly does not, and the
     * wildcard keeps a strict server from refusing us with 406.
     */
    private static final CharSequence ACCEPT = HttpHeaders.createOptimized("text/plain;version=0.0.4,*/*;q=0.1");

    private static final CharSequence USER_AGENT = HttpHeaders.createOptimized("keda-nim-scaler");

    private final Vertx vertx;
    private final long timeoutMillis;
    private final HttpClient http;
    private final HttpClient https;

    PodClients(Vertx vertx, ScrapeSettings settings) {
        this.vertx = vertx;
        this.timeoutMillis = settings.timeout().toMillis();
        this.http = client(settings, false);
        this.https = client(settings, true);
    }

    /** A request that is not sent yet, on a connection that is ready; never throws, never completes within the call. */
    Future<HttpClientRequest> request(ScrapeRequest asked) {
        HttpClient client = asked.scheme() == Scheme.HTTPS ? https : http;
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(asked.host())
                .setPort(asked.port())
                .setURI(asked.path())
                .setConnectTimeout(
                        timeoutMillis) // or a request whose deadline passed would keep its place in the queue
                .putHeader(HttpHeaders.HOST, authority(asked))
                .putHeader(HttpHeaders.ACCEPT, ACCEPT)
                .putHeader(HttpHeaders.USER_AGENT, USER_AGENT);
        try {
            return client.request(options);
        } catch (IllegalStateException closed) {
            return failLater(closed);
        }
    }

    void close() {
        http.close();
        https.close();
    }

    private HttpClient client(ScrapeSettings settings, boolean tls) {
        HttpClientOptions options = new HttpClientOptions()
                .setSsl(tls)
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setConnectTimeout(Math.toIntExact(timeoutMillis))
                .setKeepAliveTimeout(Math.toIntExact(settings.keepAlive().toSeconds()))
                .setMaxInitialLineLength(HEADER_BYTES)
                .setMaxHeaderSize(HEADER_BYTES)
                .setMaxChunkSize(CHUNK_BYTES)
                .setTracingPolicy(TracingPolicy.IGNORE);
        PoolOptions pool =
                new PoolOptions().setHttp1MaxSize(CONNECTIONS_PER_POD).setCleanerPeriod(CLEANER_PERIOD_MILLIS);
        return vertx.httpClientBuilder()
                .with(options)
                .with(pool)
                .withConnectHandler(connection -> connection.exceptionHandler(_ -> {})) // or each is logged as an error
                .build();
    }

    /** Vert.x's own would leave out the brackets of an IPv6 address. */
    private static String authority(ScrapeRequest asked) {
        boolean ipv6 = asked.host().indexOf(':') >= 0;
        return (ipv6 ? "[" + asked.host() + "]" : asked.host()) + ":" + asked.port();
    }

    private Future<HttpClientRequest> failLater(Throwable cause) {
        Promise<HttpClientRequest> promise = Promise.promise();
        vertx.runOnContext(_ -> promise.fail(cause));
        return promise.future();
    }
}
