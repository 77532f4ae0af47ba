package io.nimscaler.server;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jboss.logging.Logger;

/**
 * Refuses every request, of gRPC and REST, without an accepted client certificate, if clients must show one. It stands before
 * all routes. A client with a certificate of another CA does not get here: it fails in the handshake.
 */
@Singleton
class ClientGate {

    private static final Logger LOG = Logger.getLogger(ClientGate.class);

    /** Before everything that routes. */
    static final int PRIORITY = 10_000;

    private static final Duration LOG_PAUSE = Duration.ofMinutes(1);
    private static final int MAX_NAMES = 200;

    /** UNAUTHENTICATED, as the gRPC protocol numbers it (grpc: doc/statuscodes.md). */
    private static final int UNAUTHENTICATED = 16;

    private final boolean certificateNeeded;
    private final ClientIdentities accepted;
    private final InstantSource clock;
    private final AtomicReference<Instant> logAgainAt = new AtomicReference<>(Instant.MIN);

    ClientGate(GateSettings settings, InstantSource clock) {
        this.certificateNeeded = settings.clientCertificateNeeded();
        this.accepted = new ClientIdentities(settings.clientIdentities());
        this.clock = clock;
    }

    void register(@Observes Filters filters) {
        if (certificateNeeded) {
            filters.register(this::admit, PRIORITY);
        }
    }

    private void admit(RoutingContext context) {
        Optional<X509Certificate> certificate = certificateOf(context.request());
        if (certificate.isEmpty()) {
            refuse(context, "a client certificate is required, none was shown");
        } else if (!accepted.accepts(certificate.get())) {
            logRefusal(context.request(), certificate.get());
            refuse(context, "the identity of the client certificate is not accepted");
        } else {
            context.next();
        }
    }

    private static Optional<X509Certificate> certificateOf(HttpServerRequest request) {
        SSLSession session = request.sslSession();
        if (session == null) {
            return Optional.empty();
        }
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate leaf ? Optional.of(leaf) : Optional.empty();
        } catch (SSLPeerUnverifiedException noneShown) {
            return Optional.empty();
        }
    }

    private static void refuse(RoutingContext context, String why) {
        HttpServerResponse response = context.response();
        if (GrpcRequests.isOne(context.request())) {
            GrpcRequests.refuse(response, UNAUTHENTICATED, why);
        } else {
            response.setStatusCode(401).putHeader("content-type", "text/plain").end(why + "\n");
        }
    }

    private void logRefusal(HttpServerRequest request, X509Certificate certificate) {
        Instant now = clock.instant();
        Instant due = logAgainAt.get();
        if (!now.isBefore(due) && logAgainAt.compareAndSet(due, now.plus(LOG_PAUSE))) {
            String names = ClientIdentities.namesOf(certificate).toString().replaceAll("[^\\x20-\\x7e]", "?");
            LOG.warnf(
                    "client refused address=%s: expected an identity of nim-scaler.grpc.client-identities, got %s",
                    request.remoteAddress(), names.length() > MAX_NAMES ? names.substring(0, MAX_NAMES) : names);
        }
    }
}
