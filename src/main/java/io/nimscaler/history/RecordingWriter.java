package io.nimscaler.history;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nimscaler.policy.Carried;
import io.nimscaler.policy.Counts;
import io.nimscaler.policy.Cuts;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.Held;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.PolicyState;
import io.nimscaler.policy.Steps;
import io.nimscaler.poll.Problem;
import io.nimscaler.scaler.PodStatus;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.signal.Admission;
import io.nimscaler.trigger.EffectiveMetadata;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.window.SlidingExtreme;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * Writes decisions of one trigger as the lines of a recording, as {@code src/docs/recording.md} describes them. What is not
 * known is left out. Numbers, moments and durations are written so that a reader gets exactly the same.
 */
public final class RecordingWriter {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Optional<Trigger> written = Optional.empty();

    private RecordingWriter() {}

    /** All lines of these decisions, each with its end. */
    public static Stream<String> write(Stream<Recorded> decisions) {
        RecordingWriter writer = new RecordingWriter();
        return decisions.flatMap(recorded -> writer.lines(recorded).stream()).map(line -> line + "\n");
    }

    /** Those of this decision, without their ends: one, after a header wherever the trigger is another than before. */
    private List<String> lines(Recorded recorded) {
        Snapshot snapshot = recorded.snapshot();
        boolean asBefore = written.filter(snapshot.trigger()::equals).isPresent();
        written = Optional.of(snapshot.trigger());
        String line = line(recorded).toString();
        return asBefore ? List.of(line) : List.of(header(snapshot).toString(), line);
    }

    private static ObjectNode header(Snapshot snapshot) {
        ObjectNode header = JSON.createObjectNode()
                .put("format", Recording.FORMAT)
                .put("version", Recording.VERSION)
                .put("namespace", snapshot.scaledObject().namespace())
                .put("name", snapshot.scaledObject().name())
                .put("triggerName", snapshot.triggerName())
                .put("shadow", snapshot.shadow());
        ObjectNode metadata = header.putObject("metadata");
        EffectiveMetadata.of(snapshot.trigger()).forEach(metadata::put);
        return header;
    }

    private static ObjectNode line(Recorded recorded) {
        Snapshot snapshot = recorded.snapshot();
        ObjectNode line = JSON.createObjectNode()
                .put("number", recorded.number())
                .put("at", snapshot.decision().basis().at().toString());
        List<PodReading> readings = List.of();
        switch (snapshot.decision().basis().fleet()) {
            case Fleet.NotKnown(String reason) -> line.put("notKnown", reason);
            case Fleet.Known fleet -> {
                line.put("spec", fleet.scale().spec())
                        .put("status", fleet.scale().status())
                        .put("readyPods", fleet.readyPods())
                        .put("newcomers", fleet.newcomers());
                put(line, "level", fleet.level());
                OptionalDouble waiting = fleet.unserved().waiting();
                if (!waiting.equals(snapshot.unseenLoad())) {
                    put(line, "waiting", waiting);
                }
                fleet.unserved().held().ifPresent(held -> put(line.putObject("held"), held));
                fleet.unserved().admission().ifPresent(admission -> put(line.putObject("admission"), admission));
                fleet.unserved()
                        .uneven()
                        .ifPresent(uneven -> line.putObject("uneven")
                                .put("full", uneven.full())
                                .put("load", uneven.load()));
                readings = fleet.pods();
            }
        }
        putPods(line, snapshot.pods(), readings);
        put(line, "unseenLoad", snapshot.unseenLoad());
        snapshot.stateBefore().ifPresent(state -> line.set("stateBefore", state(state)));
        line.set("decision", decision(snapshot.decision()));
        return line;
    }

    private static void put(ObjectNode node, Admission admission) {
        node.put("taken", admission.taken()).put("refused", admission.refused());
        if (admission.isBefore()) {
            node.put("before", true);
        }
    }

    private static void put(ObjectNode node, Held held) {
        node.put("source", held.source());
        switch (held) {
            case Held.Known(String _, double requests, double each) ->
                node.put("requests", requests).put("each", each);
            case Held.Unknown(String _, String reason) -> node.put("unknown", reason);
        }
    }

    private static void putPods(ObjectNode line, List<PodStatus> pods, List<PodReading> readings) {
        var list = line.putArray("pods");
        for (int i = 0; i < pods.size(); i++) {
            ObjectNode pod = list.addObject();
            putStatus(pod, pods.get(i));
            if (i < readings.size()) {
                putLengths(pod, readings.get(i));
            }
        }
        if (readings.size() > pods.size()) {
            var awaited = line.putArray("awaited");
            readings.subList(pods.size(), readings.size()).forEach(reading -> putAwaited(awaited.addObject(), reading));
        }
    }

    private static void putStatus(ObjectNode pod, PodStatus status) {
        pod.put("name", status.name());
        status.address().ifPresent(address -> pod.put("address", address));
        pod.put("state", status.state().label());
        status.sample()
                .ifPresent(sample -> pod.put("value", sample.value())
                        .put("readAt", sample.readAt().toString()));
        status.problem().ifPresent(problem -> putProblem(pod.putObject("problem"), problem));
    }

    private static void putProblem(ObjectNode node, Problem problem) {
        node.put("reason", problem.reason().label()).put("detail", problem.detail());
        problem.where().ifPresent(where -> node.put("where", where));
    }

    private static void putLengths(ObjectNode pod, PodReading reading) {
        switch (reading) {
            case PodReading.Sampled _, PodReading.Quiet _ -> {}
            case PodReading.Missing(OptionalDouble _, Duration missingFor) ->
                pod.put("missingFor", missingFor.toString());
            case PodReading.Starting(Duration startingFor, boolean unschedulable) -> {
                pod.put("startingFor", startingFor.toString());
                if (unschedulable) {
                    pod.put("unschedulable", true);
                }
            }
        }
    }

    private static void putAwaited(ObjectNode replica, PodReading reading) {
        replica.put("state", reading instanceof PodReading.Missing ? "missing" : "starting");
        putLengths(replica, reading);
    }

    private static ObjectNode decision(Decision decision) {
        ObjectNode node = JSON.createObjectNode();
        switch (decision) {
            case Decision.Report(double value, var _) ->
                node.put("kind", "report").put("value", value);
            case Decision.Hold(HoldReason reason, var _) ->
                node.put("kind", "hold").put("reason", reason.label());
            case Decision.Unknown(String reason, var _) ->
                node.put("kind", "unknown").put("reason", reason);
        }
        Decision.Basis basis = decision.basis();
        put(node, "demand", basis.demand());
        put(node, "smoothed", basis.windows().smoothed());
        put(node, "lowest", basis.windows().lowest());
        put(node, "highest", basis.windows().highest());
        node.put("windowRemaining", basis.windows().remaining().toString());
        basis.windows().takenBack().ifPresent(size -> node.put("takenBack", size));
        basis.known().ifPresent(known -> putArithmetic(node.putObject("arithmetic"), known.counts(), known.carried()));
        return node;
    }

    private static void putArithmetic(ObjectNode node, Counts counts, Optional<Carried> carried) {
        node.put("sampled", counts.sampled())
                .put("quiet", counts.quiet())
                .put("countedAsMean", counts.countedAsMean())
                .put("missing", counts.missing())
                .put("starting", counts.starting())
                .put("stuck", counts.stuck());
        carried.ifPresent(known ->
                node.put("mean", known.mean()).put("atLeast", known.atLeast()).put("atMost", known.atMost()));
    }

    private static ObjectNode state(PolicyState state) {
        ObjectNode node = JSON.createObjectNode();
        state.previousAt().ifPresent(at -> node.put("previousAt", at.toString()));
        state.noSampleSince().ifPresent(since -> node.put("noSampleSince", since.toString()));
        put(node, "smoothed", state.smoothed());
        node.set("upscaleWindow", window(state.upscaleWindow()));
        node.set("downscaleWindow", window(state.downscaleWindow()));
        put(node, "step", state.steps().underWay());
        put(node, "lastStep", state.steps().last());
        put(node, "barredStep", state.steps().barred());
        if (state.steps().firstWindow()) {
            node.put("firstWindow", true);
        }
        if (!state.steps().lately().equals(SlidingExtreme.State.NOTHING)) {
            node.set("lately", window(state.steps().lately()));
        }
        node.set("cuts", cuts(state.cuts()));
        return node;
    }

    private static ObjectNode cuts(Cuts.State state) {
        ObjectNode node = JSON.createObjectNode();
        state.spec().ifPresent(spec -> node.put("spec", spec));
        state.owed().ifPresent(replicas -> node.put("owed", replicas));
        node.set("asked", window(state.asked()));
        return node;
    }

    private static ObjectNode window(SlidingExtreme.State state) {
        ObjectNode node =
                JSON.createObjectNode().put("observed", state.observed().toString());
        var values = node.putArray("values");
        state.values()
                .forEach(value ->
                        values.addObject().put("age", value.age().toString()).put("value", value.value()));
        return node;
    }

    private static void put(ObjectNode node, String name, Optional<Steps.AtLoad> step) {
        step.ifPresent(one -> node.putObject(name)
                .put("load", one.load())
                .put("size", one.size())
                .put("remaining", one.remaining().toString()));
    }

    private static void put(ObjectNode node, String name, OptionalDouble value) {
        value.ifPresent(number -> node.put(name, number));
    }
}
