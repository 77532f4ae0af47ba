package io.nimscaler.kubernetes;

import io.nimscaler.hpa.MetricType;
import io.nimscaler.scaler.Notice;
import io.nimscaler.scaler.TriggerByCall;
import io.nimscaler.trigger.Grammar;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.TriggerCheck;
import io.nimscaler.trigger.TriggerKey;
import io.nimscaler.trigger.TriggerParser;
import io.nimscaler.trigger.Violation;
import io.nimscaler.trigger.WrittenMetadata;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The triggers of a ScaledObject that belong to this scaler, and the notices for its author.
 *
 * @param number of entries that name this scaler, wrong ones included
 * @param triggers the valid ones that the ScaledObject tells in full, in its order
 * @param podSelectors selectors of pods other than the scale target's own
 * @param byCall those that only KEDA's calls can tell
 */
record ScaledObjectTriggers(
        int number,
        Set<Trigger> triggers,
        Set<String> podSelectors,
        Set<TriggerByCall> byCall,
        List<Complaint> complaints) {

    /**
     * @param reason one word, of an Event
     * @param where the entry of {@code spec} that it is about
     * @param trigger the trigger that it is about; empty where it is refused, or where it is about all of them
     */
    record Complaint(String reason, String text, String where, Optional<Trigger> trigger) {

        private static final String ALL = "triggers";

        /** About all triggers of a ScaledObject. */
        Complaint(String reason, String text) {
            this(reason, text, ALL, Optional.empty());
        }

        private Complaint about(int index, Optional<Trigger> its) {
            return new Complaint(reason, text, ALL + "[" + index + "]", its);
        }
    }

    ScaledObjectTriggers {
        triggers = Collections.unmodifiableSet(new LinkedHashSet<>(triggers));
        podSelectors = Set.copyOf(podSelectors);
        byCall = Set.copyOf(byCall);
        complaints = List.copyOf(complaints);
    }

    static ScaledObjectTriggers of(ScaledObject scaledObject, List<String> serviceNames, TriggerCheck check) {
        List<ScaledObject.TriggerSpec> ours = scaledObject.triggers().stream()
                .filter(trigger -> trigger.isFor(serviceNames))
                .toList();
        Set<Trigger> triggers = new LinkedHashSet<>();
        List<Complaint> complaints = new ArrayList<>();
        Set<TriggerByCall> byCall = new HashSet<>();
        for (int i = 0; i < scaledObject.triggers().size(); i++) {
            int index = i;
            ScaledObject.TriggerSpec spec = scaledObject.triggers().get(i);
            if (!spec.isFor(serviceNames)) {
                continue;
            }
            Optional<MetricType> metricType = MetricType.of(spec.metricType());
            if (metricType.isEmpty()) {
                complaints.add(
                        new Complaint(Notice.TRIGGER_REFUSED, unknownMetricType(spec)).about(index, Optional.empty()));
            } else if (TriggerParser.needsEnvironment(spec.metadata())) {
                byCall.add(new TriggerByCall(metricType.get(), Optional.of(WrittenMetadata.of(spec.metadata()))));
                TriggerParser.neverFromEnvironment(spec.metadata())
                        .ifPresent(violation -> complaints.add(
                                new Complaint(Notice.TRIGGER_REFUSED, "trigger metadata: " + violation.text())));
            } else {
                String namespace = scaledObject.id().namespace();
                ParsedTrigger parsed = check.check(namespace, TriggerParser.parse(spec.metadata()));
                List<Complaint> its = new ArrayList<>();
                Optional<Trigger> compared = read(scaledObject, spec, metricType.get(), parsed, its);
                compared.ifPresent(triggers::add);
                its.forEach(complaint -> complaints.add(complaint.about(index, compared)));
            }
        }
        if (ambiguous(ours, triggers, byCall)) {
            complaints.add(new Complaint(
                    Notice.TRIGGER_REFUSED,
                    "aggregationType: expected in the metadata of each of the triggers that differ only in metricType or in values from"
                            + " the environment: a call of KEDA does not say for which of them it is"));
            triggers.removeAll(withATwin(triggers));
            byCall.clear();
        }
        if (!ours.isEmpty()
                && ours.size() == scaledObject.triggers().size()
                && ours.stream().noneMatch(ScaledObjectTriggers::namesWakeSource)) {
            wayToZero(scaledObject).ifPresent(way -> complaints.add(new Complaint("NoWakeSource", way)));
        }
        Set<String> podSelectors = ours.stream()
                .flatMap(spec -> Stream.ofNullable(spec.metadata().get(TriggerKey.POD_SELECTOR.key())))
                .map(String::strip)
                .filter(Grammar::isLabelSelector)
                .collect(Collectors.toSet());
        return new ScaledObjectTriggers(ours.size(), triggers, podSelectors, byCall, complaints);
    }

    /** What is wrong with going to zero where nothing wakes it; empty: it never goes there. */
    private static Optional<String> wayToZero(ScaledObject scaledObject) {
        if (scaledObject.idleReplicas().equals(OptionalInt.of(0))) {
            return Optional.of(noWakeSource("idleReplicaCount is 0", "remove idleReplicaCount"));
        }
        return scaledObject.minReplicas() == 0
                ? Optional.of(noWakeSource("minReplicaCount is 0 (KEDA's default)", "set minReplicaCount to 1"))
                : Optional.empty();
    }

    private static String noWakeSource(String cause, String cure) {
        return cause
                + " and all triggers are of this scaler: at 0 replicas there are no pods to read, so nothing wakes it; "
                + cure + ", give a trigger of type external-push a wakeSource, or add a trigger that can wake it";
    }

    private static boolean namesWakeSource(ScaledObject.TriggerSpec spec) {
        return TriggerKey.WAKE_SOURCE.isIn(spec.metadata());
    }

    private static String unknownMetricType(ScaledObject.TriggerSpec spec) {
        return new Violation("metricType", Optional.of(spec.metricType()), "AverageValue or Value", Optional.empty())
                .text();
    }

    /** Whether a call may mean one of two triggers that the HPA compares by different formulas. */
    private static boolean ambiguous(
            List<ScaledObject.TriggerSpec> ours, Set<Trigger> triggers, Set<TriggerByCall> byCall) {
        boolean byAnyCall = ours.stream()
                .map(ScaledObject.TriggerSpec::metadata)
                .filter(TriggerParser::needsEnvironment)
                .anyMatch(metadata -> !metadata.containsKey(TriggerKey.AGGREGATION_TYPE.key()));
        return (byCall.stream().map(TriggerByCall::metricType).distinct().count() > 1 && byAnyCall)
                || !withATwin(triggers).isEmpty();
    }

    /** Those that a call shows as it shows another. */
    private static Set<Trigger> withATwin(Set<Trigger> triggers) {
        return triggers.stream()
                .filter(one -> triggers.stream()
                        .anyMatch(
                                other -> !other.equals(one) && other.asCalled().equals(one.asCalled())))
                .collect(Collectors.toSet());
    }

    /** The trigger as the HPA compares it; empty: it is refused. */
    private static Optional<Trigger> read(
            ScaledObject scaledObject,
            ScaledObject.TriggerSpec spec,
            MetricType metricType,
            ParsedTrigger parsed,
            List<Complaint> complaints) {
        switch (parsed) {
            case ParsedTrigger.Invalid invalid -> {
                complaints.add(new Complaint(Notice.TRIGGER_REFUSED, invalid.text()));
                return Optional.empty();
            }
            case ParsedTrigger.Valid(Trigger trigger, List<String> warnings) -> {
                Trigger compared = trigger.under(metricType);
                warnings.forEach(warning -> complaints.add(new Complaint("TriggerQuestionable", warning)));
                if (trigger.waking().source().isPresent() && !spec.type().equals("external-push")) {
                    complaints.add(new Complaint(
                            "TriggerQuestionable",
                            "wakeSource with type " + spec.type() + ": KEDA asks only every pollingInterval; with"
                                    + " external-push the scaler tells KEDA at once"));
                }
                if (trigger.isIdlestFirst()
                        && scaledObject.target().filter(IdlestFirst::canRank).isEmpty()) {
                    complaints.add(
                            new Complaint(
                                    "TriggerQuestionable",
                                    "scaleDown: idlest does nothing here: only a Deployment, a ReplicaSet and an Argo Rollout remove pods by"
                                            + " their cost; a StatefulSet and a LeaderWorkerSet remove those with the highest numbers"));
                }
                if (trigger.isIdlestFirst() && scaledObject.scaling().isJoined()) {
                    complaints.add(new Complaint(
                            "TriggerQuestionable",
                            "scaleDown: idlest does nothing here: scalingModifiers.formula decides how many replicas go, and this"
                                    + " scaler does not compute it"));
                }
                compared.mismatch()
                        .ifPresent(violation -> complaints.add(new Complaint("MetricTypeMismatch", violation.text())));
                return Optional.of(compared);
            }
        }
    }
}
