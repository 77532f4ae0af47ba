package io.nimscaler.scrape;

import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.scrape.PodAuths.Choice;
import io.nimscaler.trigger.Scheme;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SSLOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.tracing.TracingPolicy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The HTTP clients: one for plain HTTP, one for HTTPS with public authorities, and one for each trust of the settings. So no
 * connection is used under another trust than the one with which it was opened.
 *
 * <p>One connection for each pod: each one costs the pod's API server time, and two answers at once tell nothing more. Redirects
 * are not followed, proxies of the environment are not used, and no compression is offered, because engines have none. The
 * clients have no metrics name. With one, Quarkus would make meters with the pod's address as a label.
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
    private final Names names;
    private final long timeoutMillis;
    private final HttpClient http;
    private final HttpClient https;
    private final Map<String, HttpClient> trusting = new HashMap<>();

    /**
     * Connections that no request was sent on yet. One that is ready only after its request was given up would stay open for
     * ever, for the pool's cleaner passes over those that were never used.
     */
    private final Set<HttpConnection> unused = new HashSet<>();

    PodClients(Vertx vertx, ScrapeSettings settings, PodAuths auths, Names names) {
        this.vertx = vertx;
        this.names = names;
        this.timeoutMillis = settings.timeout().toMillis();
        this.http = client(options(settings));
        this.https = client(options(settings).setSsl(true));
        auths.settings()
                .forEach(auth -> auths.files(auth.name())
                        .ifPresent(files -> trusting.put(auth.name(), client(options(settings, auth, files)))));
    }

    /** A request that is not sent yet, on a connection that is ready; never throws, never completes within the call. */
    Future<HttpClientRequest> request(ScrapeRequest asked, Choice choice) {
        return switch (choice) {
            case Choice.None _ -> request(asked, asked.scheme() == Scheme.HTTPS ? https : http, asked.host());
            case Choice.Chosen(PodAuthSettings auth, PodAuthFiles files) ->
                request(
                                asked,
                                asked.scheme() == Scheme.HTTPS ? trusting.getOrDefault(auth.name(), https) : http,
                                auth.serverName().orElse(asked.host()))
                        .map(request -> {
                            files.authorization()
                                    .ifPresent(value -> request.putHeader(HttpHeaders.AUTHORIZATION, value));
                            return request;
                        });
            case Choice.Refused(String detail) -> failLater(new IllegalStateException(detail));
        };
    }

    /**
     * @param name what the certificate must be for, and what the server is called
     */
    private Future<HttpClientRequest> request(ScrapeRequest asked, HttpClient client, String name) {
        return names.addressOf(asked.host())
                .compose(
                        address -> request(asked, client, name, address).onFailure(_ -> names.forget(address)),
                        this::failLater);
    }

    private Future<HttpClientRequest> request(ScrapeRequest asked, HttpClient client, String name, String address) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setServer(SocketAddress.inetSocketAddress(asked.port(), address))
                .setHost(name)
                .setPort(asked.port())
                .setURI(asked.path())
                .setConnectTimeout(
                        timeoutMillis) // or a request whose deadline passed would keep its place in the queue
                .putHeader(HttpHeaders.HOST, authority(name, asked.port()))
                .putHeader(HttpHeaders.ACCEPT, ACCEPT)
                .putHeader(HttpHeaders.USER_AGENT, USER_AGENT);
        try {
            return client.request(options);
        } catch (IllegalStateException closed) {
            return failLater(closed);
        }
    }

    /** This request is about to be sent: from now on its connection's keep-alive counts. */
    void use(HttpClientRequest request) {
        unused.remove(request.connection());
    }

    void close() {
        http.close();
        https.close();
        trusting.values().forEach(HttpClient::close);
        names.close();
    }

    /** New connections are opened with this trust and client certificate. */
    void renew(String auth, PodAuthFiles files) {
        HttpClient client = trusting.get(auth);
        if (client != null) {
            SSLOptions options = new SSLOptions();
            files.trust().ifPresent(options::setTrustOptions);
            files.keyCert().ifPresent(options::setKeyCertOptions);
            client.updateSSLOptions(options);
        }
    }

    /** An IP address says no name, so the server is told the one that its certificate must have, whatever its form. */
    private HttpClientOptions options(ScrapeSettings settings, PodAuthSettings auth, PodAuthFiles files) {
        HttpClientOptions options =
                options(settings).setSsl(true).setForceSni(auth.serverName().isPresent());
        files.trust().ifPresent(options::setTrustOptions);
        files.keyCert().ifPresent(options::setKeyCertOptions);
        return options;
    }

    private HttpClientOptions options(ScrapeSettings settings) {
        return new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setConnectTimeout(Math.toIntExact(timeoutMillis))
                .setKeepAliveTimeout(Math.toIntExact(settings.keepAlive().toSeconds()))
                .setMaxInitialLineLength(HEADER_BYTES)
                .setMaxHeaderSize(HEADER_BYTES)
                .setMaxChunkSize(CHUNK_BYTES)
                .setTracingPolicy(TracingPolicy.IGNORE);
    }

    private HttpClient client(HttpClientOptions options) {
        PoolOptions pool =
                new PoolOptions().setHttp1MaxSize(CONNECTIONS_PER_POD).setCleanerPeriod(CLEANER_PERIOD_MILLIS);
        return vertx.httpClientBuilder()
                .with(options)
                .with(pool)
                .withConnectHandler(this::watch)
                .build();
    }

    private void watch(HttpConnection connection) {
        connection.exceptionHandler(_ -> {}); // or each is logged as an error
        String address = connection.remoteAddress().hostAddress();
        connection.closeHandler(_ -> names.forget(address));
        unused.add(connection);
        vertx.setTimer(timeoutMillis, _ -> {
            if (unused.remove(connection)) {
                connection.close();
            }
        });
    }

    /** Vert.x's own would leave out the brackets of an IPv6 address. */
    private static String authority(String host, int port) {
        boolean ipv6 = host.indexOf(':') >= 0;
        return (ipv6 ? "[" + host + "]" : host) + ":" + port;
    }

    private Future<HttpClientRequest> failLater(Throwable cause) {
        Promise<HttpClientRequest> promise = Promise.promise();
        vertx.runOnContext(_ -> promise.fail(cause));
        return promise.future();
    }
}
