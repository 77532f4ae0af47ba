package io.nimscaler.history;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimscaler.policy.Carried;
import io.nimscaler.policy.Counts;
import io.nimscaler.policy.Cuts;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Decision.Basis;
import io.nimscaler.policy.Decision.Windows;
import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.Held;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.PolicyState;
import io.nimscaler.policy.Scale;
import io.nimscaler.policy.Steps;
import io.nimscaler.policy.Unserved;
import io.nimscaler.poll.PodProblem;
import io.nimscaler.poll.Problem;
import io.nimscaler.scaler.Circumstances;
import io.nimscaler.scaler.PodState;
import io.nimscaler.scaler.PodStatus;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.signal.Admission;
import io.nimscaler.signal.Sample;
import io.nimscaler.signal.Uneven;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.wake.Wake;
import io.nimscaler.window.SlidingExtreme;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Reads one decision of a recording; throws an IllegalArgumentException or a DateTimeException where a field is missing or wrong. */
final class LineReader {

    private final ScaledObjectId scaledObject;
    private final String triggerName;
    private final boolean shadow;
    private final Trigger trigger;
    private final JsonNode line;

    LineReader(ScaledObjectId scaledObject, String triggerName, boolean shadow, Trigger trigger, JsonNode line) {
        this.scaledObject = scaledObject;
        this.triggerName = triggerName;
        this.shadow = shadow;
        this.trigger = trigger;
        this.line = line;
    }

    Recorded read() {
        List<PodStatus> pods = each(line.path("pods")).map(LineReader::status).toList();
        return new Recorded(
                number(line, "number").longValue(),
                new Snapshot(
                        scaledObject,
                        triggerName,
                        shadow,
                        trigger,
                        optional(line, "stateBefore").map(this::state),
                        decision(),
                        pods,
                        optionalNumber(line, "unseenLoad"),
                        trigger.waking().source().map(source -> new Wake.Unknown(source, "it is not recorded")),
                        Circumstances.UNWATCHED));
    }

    private Fleet fleet() {
        if (line.has("notKnown")) {
            return new Fleet.NotKnown(text(line, "notKnown"));
        }
        List<PodReading> readings = new ArrayList<>();
        each(line.path("pods")).map(LineReader::reading).forEach(readings::add);
        each(line.path("awaited")).map(LineReader::reading).forEach(readings::add);
        return new Fleet.Known(
                new Scale(integer(line, "spec"), integer(line, "status")),
                integer(line, "readyPods"),
                readings,
                integer(line, "newcomers"),
                optionalNumber(line, "level"),
                new Unserved(
                        optionalNumber(line, line.has("waiting") ? "waiting" : "unseenLoad"),
                        optional(line, "admission").map(LineReader::admission),
                        optional(line, "held").map(LineReader::held),
                        optional(line, "uneven")
                                .map(uneven -> new Uneven(
                                        integer(uneven, "full"),
                                        number(uneven, "load").doubleValue()))));
    }

    private static Held held(JsonNode node) {
        return node.has("unknown")
                ? new Held.Unknown(text(node, "source"), text(node, "unknown"))
                : new Held.Known(
                        text(node, "source"),
                        number(node, "requests").doubleValue(),
                        number(node, "each").doubleValue());
    }

    private static Admission admission(JsonNode node) {
        return new Admission(
                number(node, "taken").doubleValue(),
                number(node, "refused").doubleValue(),
                node.path("before").asBoolean(false));
    }

    private static PodStatus status(JsonNode pod) {
        Optional<Sample> sample = pod.has("value")
                ? Optional.of(new Sample(number(pod, "value").doubleValue(), instant(pod, "readAt")))
                : Optional.empty();
        return new PodStatus(
                text(pod, "name"),
                optional(pod, "address").map(JsonNode::asText),
                constant(PodState.class, pod, "state"),
                sample,
                optional(pod, "problem")
                        .map(problem -> new Problem(
                                podProblem(problem),
                                text(problem, "detail"),
                                optional(problem, "where").map(JsonNode::asText))));
    }

    private static PodProblem podProblem(JsonNode problem) {
        String label = text(problem, "reason");
        return PodProblem.of(label).orElseThrow(() -> wrong("reason", problem.path("reason"), "a pod's problem"));
    }

    private static PodReading reading(JsonNode pod) {
        return switch (constant(PodState.class, pod, "state")) {
            case SAMPLED ->
                pod.has("value") ? new PodReading.Sampled(number(pod, "value").doubleValue()) : new PodReading.Quiet();
            case MISSING -> new PodReading.Missing(optionalNumber(pod, "value"), duration(pod, "missingFor"));
            case STARTING ->
                new PodReading.Starting(
                        duration(pod, "startingFor"), pod.path("unschedulable").asBoolean());
        };
    }

    private Decision decision() {
        Fleet fleet = fleet();
        JsonNode node = line.required("decision");
        Basis basis = basis(fleet, node);
        return switch (text(node, "kind")) {
            case "report" -> new Decision.Report(number(node, "value").doubleValue(), known(basis));
            case "hold" -> new Decision.Hold(constant(HoldReason.class, node, "reason"), known(basis));
            case "unknown" -> new Decision.Unknown(text(node, "reason"), basis);
            default ->
                throw new IllegalArgumentException(
                        "kind = \"" + text(node, "kind") + "\": expected report, hold or unknown");
        };
    }

    private Basis basis(Fleet fleet, JsonNode node) {
        return switch (fleet) {
            case Fleet.NotKnown notKnown -> new Basis.NotKnown(instant(line, "at"), notKnown, windows(node));
            case Fleet.Known known ->
                new Basis.Known(
                        instant(line, "at"),
                        known,
                        counts(node.required("arithmetic")),
                        carried(node.required("arithmetic")),
                        optionalNumber(node, "demand"),
                        windows(node));
        };
    }

    private static Basis.Known known(Basis basis) {
        return basis.known()
                .orElseThrow(() -> new IllegalArgumentException("notKnown: expected it of the kind unknown alone"));
    }

    private static Counts counts(JsonNode node) {
        return new Counts(
                integer(node, "sampled"),
                integer(node, "quiet"),
                integer(node, "countedAsMean"),
                integer(node, "missing"),
                integer(node, "starting"),
                integer(node, "stuck"));
    }

    private static Optional<Carried> carried(JsonNode node) {
        return optional(node, "mean")
                .map(_ -> new Carried(
                        number(node, "mean").doubleValue(),
                        number(node, "atLeast").doubleValue(),
                        number(node, "atMost").doubleValue()));
    }

    private static Windows windows(JsonNode node) {
        return new Windows(
                optionalNumber(node, "smoothed"),
                optionalNumber(node, "lowest"),
                optionalNumber(node, "highest"),
                duration(node, "windowRemaining"),
                node.has("takenBack") ? OptionalInt.of(integer(node, "takenBack")) : OptionalInt.empty());
    }

    private PolicyState state(JsonNode node) {
        return new PolicyState(
                optional(node, "previousAt").map(_ -> instant(node, "previousAt")),
                optional(node, "noSampleSince").map(_ -> instant(node, "noSampleSince")),
                optionalNumber(node, "smoothed"),
                window(node.required("upscaleWindow")),
                window(node.required("downscaleWindow")),
                new Steps.State(
                        optionalNumber(node, "step"),
                        atLoad(node, "lastStep", 0),
                        atLoad(node, "barredStep", 1),
                        node.has("firstWindow"),
                        optional(node, "lately").map(LineReader::window).orElse(SlidingExtreme.State.NOTHING)),
                optional(node, "cuts").map(LineReader::cuts).orElseGet(() -> new Cuts().state()));
    }

    /**
     * Builds before the size was written barred every smaller fleet at that load. The last step had ended with the replicas that there are.
     *
     * @param fewer than there are: the size where none is written
     */
    private Optional<Steps.AtLoad> atLoad(JsonNode node, String name, int fewer) {
        return optional(node, name)
                .map(one -> new Steps.AtLoad(
                        number(one, "load").doubleValue(),
                        one.has("size") ? integer(one, "size") : Math.max(1, spec(name) - fewer),
                        duration(one, "remaining")));
    }

    private int spec(String step) {
        if (!line.has("spec")) {
            throw new IllegalArgumentException(
                    step + ".size = (missing): expected an integer; without it the line needs spec");
        }
        return integer(line, "spec");
    }

    private static Cuts.State cuts(JsonNode node) {
        return new Cuts.State(
                node.has("spec") ? OptionalInt.of(integer(node, "spec")) : OptionalInt.empty(),
                node.has("owed") ? OptionalLong.of(number(node, "owed").longValue()) : OptionalLong.empty(),
                window(node.required("asked")));
    }

    private static SlidingExtreme.State window(JsonNode node) {
        return new SlidingExtreme.State(
                duration(node, "observed"),
                each(node.path("values"))
                        .map(value -> new SlidingExtreme.Aged(
                                duration(value, "age"), number(value, "value").doubleValue()))
                        .toList());
    }

    private static Stream<JsonNode> each(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static Optional<JsonNode> optional(JsonNode node, String name) {
        return node.has(name) ? Optional.of(node.required(name)) : Optional.empty();
    }

    private static OptionalDouble optionalNumber(JsonNode node, String name) {
        return node.has(name) ? OptionalDouble.of(number(node, name).doubleValue()) : OptionalDouble.empty();
    }

    private static Number number(JsonNode node, String name) {
        return value(node, name, JsonNode::isNumber, "a number").numberValue();
    }

    private static int integer(JsonNode node, String name) {
        return value(node, name, JsonNode::isInt, "an integer").intValue();
    }

    private static String text(JsonNode node, String name) {
        return value(node, name, JsonNode::isTextual, "a text").textValue();
    }

    private static JsonNode value(JsonNode node, String name, Predicate<JsonNode> expects, String expected) {
        JsonNode value = node.path(name);
        if (!expects.test(value)) {
            throw wrong(name, value, expected);
        }
        return value;
    }

    private static Instant instant(JsonNode node, String name) {
        return Instant.parse(text(node, name));
    }

    private static Duration duration(JsonNode node, String name) {
        return Duration.parse(text(node, name));
    }

    private static <E extends Enum<E>> E constant(Class<E> type, JsonNode node, String name) {
        String label = text(node, name);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(label)) {
                return constant;
            }
        }
        throw wrong(
                name,
                node.path(name),
                "one of " + List.of(type.getEnumConstants()).toString().toLowerCase(Locale.ROOT));
    }

    private static IllegalArgumentException wrong(String name, JsonNode value, String expected) {
        return new IllegalArgumentException(
                name + " = " + (value.isMissingNode() ? "(missing)" : value) + ": expected " + expected);
    }
}
