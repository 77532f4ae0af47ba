package io.nimscaler.web;

import io.nimscaler.history.DecisionRing;
import io.nimscaler.scaler.Contact;
import io.nimscaler.scaler.Decisions;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerId;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the resources share: which ScaledObject is asked for, and the values of parameters. */
@Singleton
class Requests {

    static final String NOT_FOUND = "There is no decision on this ScaledObject";
    static final String NOT_KNOWN =
            "The list of ScaledObjects is not known, because the API server was never reached; the answer says why";
    static final String TOO_MANY = "; or too many large answers are being written at the same time";
    static final String BAD_REQUEST = "A parameter is wrong; the answer says which, and what was expected";

    private final Decisions decisions;
    private final DecisionRing history;
    private final ScaledObjectViews views;
    private final InstantSource clock;

    Requests(Decisions decisions, DecisionRing history, ScaledObjectViews views, InstantSource clock) {
        this.decisions = decisions;
        this.history = history;
        this.views = views;
        this.clock = clock;
    }

    /** The text of a parameter; one that is there without a value is no default but an error. */
    static Optional<String> given(RoutingContext context, String name, Optional<String> text) {
        return text.or(() -> Optional.ofNullable(context.request().getParam(name)));
    }

    /** A span that is asked for, both ends included; from {@link Instant#MIN} on where no beginning is. */
    record Moments(Instant from, Instant to) {}

    /**
     * The parameters {@code from} and {@code to}.
     *
     * @param latest without {@code to}
     * @throws jakarta.ws.rs.BadRequestException one is no instant, or the span ends before it begins
     */
    static Moments moments(RoutingContext context, Optional<String> from, Optional<String> to, Instant latest) {
        Instant first = given(context, "from", from)
                .map(text -> Refusal.instant("from", text))
                .orElse(Instant.MIN);
        Instant last = given(context, "to", to)
                .map(text -> Refusal.instant("to", text))
                .orElse(latest);
        if (last.isBefore(first)) {
            throw Refusal.badRequest("to", to.orElse(""), "a moment not before from = " + first);
        }
        return new Moments(first, last);
    }

    /**
     * The latest decisions of this one, of each trigger.
     *
     * @throws jakarta.ws.rs.NotFoundException there are none
     */
    List<Snapshot> latest(String namespace, String name) {
        ScaledObjectId id = new ScaledObjectId(namespace, name);
        List<Snapshot> found = decisions.snapshots().stream()
                .filter(snapshot -> snapshot.scaledObject().equals(id))
                .toList();
        if (found.isEmpty()) {
            refuseWhereNotKnown();
            throw Refusal.notFound("no decision on a ScaledObject " + id + whyRefused(id));
        }
        return found;
    }

    private String whyRefused(ScaledObjectId id) {
        return views.refused(id::equals, clock.instant()).stream()
                .map(view -> ": " + view.triggerName() + " is refused: " + view.explanation())
                .findFirst()
                .orElse("");
    }

    /** What is remembered of each. */
    String spansOf(List<Snapshot> latest) {
        return latest.stream()
                .map(snapshot -> snapshot.triggerName() + ": "
                        + Span.of(history.of(TriggerId.of(snapshot))).text())
                .collect(Collectors.joining("; "));
    }

    /** What is not known is not an empty list. */
    void refuseWhereNotKnown() {
        if (decisions.contact() instanceof Contact.NeverReached(Instant since, String reason)) {
            throw Refusal.notKnown(
                    "it is not known which ScaledObjects there are: the API server was not reached since " + since
                            + ": " + reason);
        }
    }
}
