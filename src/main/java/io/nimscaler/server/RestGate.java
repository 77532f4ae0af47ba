package io.nimscaler.server;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The rules for everything on port 9090 that is not gRPC. It is read-only, it can be switched off, only allowed users may read
 * it, and no page of another site may see it. There are no CORS headers, so a browser gives an answer only to a page of the same
 * origin. And the host must have one of the accepted names, so that a page under an attacker's DNS name is refused (DNS
 * rebinding).
 */
@Singleton
class RestGate {

    /** After those that gRPC has to pass, too. */
    static final int PRIORITY = CallGate.PRIORITY - 1;

    private static final Set<HttpMethod> READS = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    /** What-if: it changes nothing. */
    private static final Pattern QUESTION = Pattern.compile("/api/scaled-objects/[^/]+/[^/]+/(what-if|advice)");

    /** 64 keys with their values are less. */
    private static final int LONGEST_QUESTION = 16_384;

    /** OWASP's list for REST, as far as it says something here (REST Security Cheat Sheet, "Security Headers"). */
    private static final Map<String, String> HEADERS = Map.of(
            "cache-control", "no-store",
            "content-security-policy",
                    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "cross-origin-resource-policy", "same-origin",
            "referrer-policy", "no-referrer",
            "x-content-type-options", "nosniff",
            "x-frame-options", "DENY");

    private final boolean enabled;
    private final AcceptedHosts hosts;
    private final Optional<BasicUsers> users;

    RestGate(GateSettings settings) {
        this.enabled = settings.restEnabled();
        this.hosts = new AcceptedHosts(settings.hosts());
        this.users = settings.users();
    }

    void register(@Observes Filters filters) {
        filters.register(this::guard, PRIORITY);
    }

    private void guard(RoutingContext context) {
        if (GrpcRequests.isOne(context.request())) {
            context.next();
            return;
        }
        HttpServerResponse response = context.response();
        HEADERS.forEach(response::putHeader);
        if (!enabled) {
            response.setStatusCode(404).end();
        } else if (!hosts.accept(context.request())) {
            response.setStatusCode(421)
                    .putHeader("content-type", "text/plain")
                    .end("Host: expected an IP address or one of nim-scaler.api.hosts\n");
        } else if (users.isPresent() && !users.get().accept(authorization(context))) {
            response.setStatusCode(401)
                    .putHeader("www-authenticate", "Basic realm=\"keda-nim-scaler\", charset=\"UTF-8\"")
                    .end();
        } else if (isQuestion(context)) {
            admitQuestion(context);
        } else if (!READS.contains(context.request().method())) {
            response.setStatusCode(405).putHeader("allow", "GET, HEAD").end();
        } else if (GrpcRequests.hasItsType(context.request())) {
            // Else the gRPC server would take it for a call, with a body that CallGate has not seen
            response.setStatusCode(415).end();
        } else {
            context.next();
        }
    }

    /** It reads, too, but what is asked is a body. */
    private static boolean isQuestion(RoutingContext context) {
        return context.request().method() == HttpMethod.POST
                && QUESTION.matcher(context.request().path()).matches();
    }

    /** JSON alone: another site's page can not send that without asking first, which is refused as any OPTIONS is. */
    private static void admitQuestion(RoutingContext context) {
        String type = context.request().getHeader("content-type");
        String length = context.request().getHeader("content-length");
        if (type == null || !type.toLowerCase(Locale.ROOT).matches("application/json *(;.*)?")) {
            context.response()
                    .setStatusCode(415)
                    .putHeader("accept-post", "application/json")
                    .end();
        } else if (length == null || !length.matches("[0-9]{1,9}")) {
            context.response().setStatusCode(411).end();
        } else if (Integer.parseInt(length) > LONGEST_QUESTION) {
            context.response().setStatusCode(413).end();
        } else {
            context.next();
        }
    }

    private static String authorization(RoutingContext context) {
        String header = context.request().getHeader("authorization");
        return header == null ? "" : header;
    }
}
