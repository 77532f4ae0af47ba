package io.nimscaler.web;

import io.nimscaler.history.DecisionRing;
import io.nimscaler.history.KeptMinutes;
import io.nimscaler.history.Recorded;
import io.nimscaler.history.Recording;
import io.nimscaler.history.Remembered;
import io.nimscaler.replay.Advice;
import io.nimscaler.replay.FleetHistory;
import io.nimscaler.replay.OpenLoop;
import io.nimscaler.replay.Question;
import io.nimscaler.replay.ReadHistory;
import io.nimscaler.replay.ScaledObjectLines;
import io.nimscaler.replay.Stop;
import io.nimscaler.replay.StoppedException;
import io.nimscaler.replay.UnusableException;
import io.nimscaler.replay.WhatIf;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.trigger.Nearest;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Violation;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What would have been with other settings, on what is remembered. It changes nothing: a POST only because a question has a body. */
@Path("/api/scaled-objects/{namespace}/{name}")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "What if")
@APIResponse(
        responseCode = "400",
        description = WhatIfResource.BAD_REQUEST,
        content = @Content(schema = @Schema(implementation = Refusal.class)))
@APIResponse(
        responseCode = "404",
        description = WhatIfResource.NOT_FOUND,
        content = @Content(schema = @Schema(implementation = Refusal.class)))
@APIResponse(
        responseCode = "503",
        description = WhatIfResource.BUSY,
        content = @Content(schema = @Schema(implementation = Refusal.class)))
class WhatIfResource {

    static final String BAD_REQUEST =
            "A setting is wrong, or the history is not enough for an answer; the answer says which and why";
    static final String NOT_FOUND = Requests.NOT_FOUND + ", or it has no such trigger";
    static final String BUSY = Requests.NOT_KNOWN
            + "; or another question is being answered, or this one takes too long; the answer says which";

    private static final String QUESTION = "Each of its fields is optional; at most 16 kB";
    private static final String EXAMPLE = "{\"settings\": {\"targetValue\": \"0.80\"}}";

    /** Without {@code from}; each second of it is simulated. */
    private static final Duration SPAN = Duration.ofDays(14);

    private static final Duration LONGEST = Duration.ofDays(31);

    private static final Set<String> KEYS = Set.of("trigger", "from", "to", "settings");

    /** Minutes or decisions; other signals are taken while there are fewer: each takes 80 bytes, and as many where the demand was not all seen. */
    private static final int MANY_PARTS = 60_000;

    /** Of all decisions of an answer together, unpacked at some 100 bytes. */
    private static final long MOST_PODS = 50_000;

    private final Requests requests;
    private final DecisionRing ring;
    private final KeptMinutes kept;
    private final InstantSource clock;
    private final Questions questions;

    WhatIfResource(Requests requests, DecisionRing ring, KeptMinutes kept, InstantSource clock, Questions questions) {
        this.requests = requests;
        this.ring = ring;
        this.kept = kept;
        this.clock = clock;
        this.questions = questions;
    }

    /** What is remembered of one trigger: its history, and its decisions where these are all that there is. */
    private record Memory(FleetHistory history, List<Recording> recordings) {}

    /** What one trigger's fleet would have been, and what would have been decided on the fleet that there was. */
    @POST
    @Path("/what-if")
    @Operation(
            summary = "What would have been with other settings, on what is remembered; changes nothing",
            description =
                    "One question is answered at a time, within a minute; src/docs/what-if.md says what it takes into"
                            + " account.")
    @APIResponse(
            responseCode = "200",
            description = "What was, what would have been, and the least possible",
            content = @Content(schema = @Schema(implementation = WhatIfView.class)))
    public WhatIfView whatIf(
            @Context RoutingContext context,
            @PathParam("namespace") String namespace,
            @PathParam("name") String name,
            @RequestBody(
                            description = QUESTION,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON,
                                            schema = @Schema(implementation = WhatIfRequest.class),
                                            examples = @ExampleObject(name = "another target value", value = EXAMPLE)))
                    @Nullable
                    WhatIfRequest asked) {
        WhatIfRequest request = given(asked);
        Snapshot latest = chosen(namespace, name, request);
        return answer(context, stop -> {
            Memory memory = memory(latest, request, stop);
            Question question = Question.of(memory.history(), settings(request));
            OpenLoop open = memory.recordings().isEmpty()
                    ? OpenLoop.of(memory.history(), question.trigger(), stop)
                    : OpenLoop.of(memory.recordings(), question.trigger(), stop);
            return view(memory.history(), question, request, open, stop);
        });
    }

    private static WhatIfView view(
            FleetHistory history, Question question, WhatIfRequest request, OpenLoop open, Stop stop) {
        WhatIfView.@Nullable ClosedLoopView closed = null;
        @Nullable String refused = null;
        try {
            closed = WhatIfView.ClosedLoopView.of(WhatIf.of(history, question, stop), question);
        } catch (UnusableException e) {
            refused = e.reason();
        }
        ScaledObjectLines lines = ScaledObjectLines.of(settings(request));
        return new WhatIfView(
                history.id().scaledObject().namespace(),
                history.id().scaledObject().name(),
                history.id().name(),
                settings(request),
                question.warnings(),
                WhatIfView.OpenLoopView.of(open),
                closed,
                refused,
                lines.reported(),
                lines.shadow(),
                WhatIf.LEFT_OUT);
    }

    /** Which settings to take. */
    @POST
    @Path("/advice")
    @Operation(
            summary = "Which settings to take: the cheapest that are overloaded no more than now, or than maxOverload;"
                    + " changes nothing",
            description =
                    "One question is answered at a time, within a minute; src/docs/what-if.md says when there is no"
                            + " advice.")
    @APIResponse(
            responseCode = "200",
            description = "All settings that were tried, and the advised ones",
            content = @Content(schema = @Schema(implementation = AdviceView.class)))
    public AdviceView advice(
            @Context RoutingContext context,
            @PathParam("namespace") String namespace,
            @PathParam("name") String name,
            @RequestBody(
                            description = QUESTION,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON,
                                            schema = @Schema(implementation = WhatIfRequest.class),
                                            examples = @ExampleObject(name = "another target value", value = EXAMPLE)))
                    @Nullable
                    WhatIfRequest asked) {
        WhatIfRequest request = given(asked);
        Snapshot latest = chosen(namespace, name, request);
        return answer(context, stop -> {
            FleetHistory history = memory(latest, request, stop).history();
            return AdviceView.of(
                    history.id(),
                    Advice.of(
                            history,
                            ofOtherSignals(namespace, name, latest, request, stop),
                            Question.of(history, settings(request)),
                            stop));
        });
    }

    private static WhatIfRequest given(@Nullable WhatIfRequest asked) {
        if (asked == null) {
            throw Refusal.badRequest(
                    "body", "", "a JSON object with trigger, from, to and settings, each of them optional");
        }
        Map<String, Object> unknown = asked.unknown() == null ? Map.of() : asked.unknown();
        unknown.keySet().stream().sorted().findFirst().ifPresent(key -> {
            Violation violation = new Violation(key, Optional.empty(), "a known key", Nearest.to(key, KEYS));
            throw Refusal.badRequest(violation.text(), List.of(violation));
        });
        settings(asked).forEach((key, value) -> {
            if (value == null) {
                throw Refusal.badRequest(key, "null", "a value");
            }
        });
        return asked;
    }

    private <T> T answer(RoutingContext context, Function<Stop, T> question) {
        try {
            return questions.answer(context.response(), question);
        } catch (UnusableException e) {
            throw Refusal.badRequest(e.reason(), e.violations());
        } catch (StoppedException e) {
            throw Refusal.tooMany(e.reason());
        }
    }

    private static Map<String, String> settings(WhatIfRequest request) {
        return request.settings() == null ? Map.of() : request.settings();
    }

    /** The trigger that is named; without a name the one whose signal is asked for, or the first that is reported. */
    private Snapshot chosen(String namespace, String name, WhatIfRequest request) {
        List<Snapshot> found = requests.latest(namespace, name);
        Optional<String> metric = Optional.ofNullable(settings(request).get("metric"));
        Optional<String> trigger = Optional.ofNullable(request.trigger());
        return found.stream()
                .filter(snapshot -> trigger.filter(asked -> !asked.equals(snapshot.triggerName()))
                        .isEmpty())
                .filter(snapshot -> metric.isPresent()
                        ? snapshot.trigger().signal().name().equals(metric.get())
                        : !snapshot.shadow())
                .findFirst()
                .orElseThrow(() -> Refusal.notFound("no trigger of " + new ScaledObjectId(namespace, name)
                        + " that is called so, or has that metric; there are "
                        + found.stream()
                                .map(snapshot -> snapshot.triggerName() + " ("
                                        + snapshot.trigger().signal().name() + ")")
                                .distinct()
                                .toList()));
    }

    private Memory memory(Snapshot latest, WhatIfRequest request, Stop stop) {
        TriggerId id = TriggerId.of(latest);
        Instant to = moment("to", request.to()).orElseGet(clock::instant);
        Instant from = moment("from", request.from()).orElseGet(() -> to.minus(SPAN));
        if (to.isBefore(from)) {
            throw Refusal.badRequest("to", to.toString(), "a moment not before from = " + from);
        }
        if (Duration.between(from, to).compareTo(LONGEST) > 0) {
            throw Refusal.badRequest(
                    "from", from.toString(), "at most " + LONGEST.toDays() + " days before to = " + to);
        }
        if (kept.state().isPresent()) {
            ReadHistory read = new ReadHistory(stop);
            kept.read(id, from, to, read);
            Optional<FleetHistory> history = read.history();
            if (history.isPresent()) {
                return new Memory(history.get(), List.of());
            }
        }
        List<Recording> recordings = recordings(id, from, to);
        return new Memory(FleetHistory.of(recordings), recordings);
    }

    /** Of those triggers and shadows of the ScaledObject that measure something else; not more than there is room for. */
    private List<FleetHistory> ofOtherSignals(
            String namespace, String name, Snapshot latest, WhatIfRequest request, Stop stop) {
        List<FleetHistory> others = new ArrayList<>();
        int parts = 0;
        for (Snapshot other : requests.latest(namespace, name)) {
            if (parts < MANY_PARTS
                    && !other.trigger().signal().equals(latest.trigger().signal())) {
                try {
                    FleetHistory its = memory(other, request, stop).history();
                    parts += its.parts().size();
                    others.add(its);
                } catch (UnusableException nothingOfIt) {
                    // Then it is not compared, and the answer says of which there was nothing to compare
                }
            }
        }
        return others;
    }

    private static Optional<Instant> moment(String name, @Nullable String text) {
        return Optional.ofNullable(text).map(given -> Refusal.instant(name, given));
    }

    private List<Recording> recordings(TriggerId id, Instant from, Instant to) {
        List<Recording> recordings = new ArrayList<>();
        List<Recorded> lines = new ArrayList<>();
        Optional<Trigger> under = Optional.empty();
        List<Remembered> all = ring.of(id).stream()
                .filter(one -> !one.at().isBefore(from) && !one.at().isAfter(to))
                .toList();
        long pods = all.stream().mapToLong(Remembered::numberOfPods).sum();
        int every = (int) (pods / MOST_PODS) + 1;
        for (int i = 0; i < all.size(); i += every) {
            Remembered remembered = all.get(i);
            Trigger its = remembered.withoutPods().trigger();
            if (under.filter(its::equals).isEmpty()) {
                under.ifPresent(before -> recordings.add(recording(id, before, lines)));
                lines.clear();
                under = Optional.of(its);
            }
            lines.add(new Recorded(remembered.number(), remembered.snapshot()));
        }
        under.ifPresent(last -> recordings.add(recording(id, last, lines)));
        if (recordings.isEmpty()) {
            throw new UnusableException("there are no decisions of this time");
        }
        return recordings;
    }

    private static Recording recording(TriggerId id, Trigger trigger, List<Recorded> lines) {
        return new Recording(id.scaledObject(), id.name(), id.shadow(), trigger, List.copyOf(lines));
    }
}
