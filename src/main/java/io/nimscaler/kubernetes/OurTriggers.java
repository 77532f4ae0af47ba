package io.nimscaler.kubernetes;

import io.nimscaler.scaler.Notice;
import io.nimscaler.scaler.TriggerCheck;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.TriggerKey;
import io.nimscaler.trigger.TriggerParser;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The triggers of a ScaledObject that are ours, and what its author should know of them.
 *
 * @param number of entries that name this scaler, wrong ones included
 * @param triggers the valid ones that the ScaledObject tells in full, in its order
 * @param podSelectors selectors of pods other than the scale target's own
 * @param open whether there are more that only KEDA's calls can tell
 */
record OurTriggers(
        int number, Set<Trigger> triggers, Set<String> podSelectors, boolean open, List<Complaint> complaints) {

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

        private Complaint about(int index, ParsedTrigger parsed) {
            Optional<Trigger> valid =
                    parsed instanceof ParsedTrigger.Valid(Trigger its, var _) ? Optional.of(its) : Optional.empty();
            return new Complaint(reason, text, ALL + "[" + index + "]", valid);
        }
    }

    OurTriggers {
        triggers = Collections.unmodifiableSet(new LinkedHashSet<>(triggers));
        podSelectors = Set.copyOf(podSelectors);
        complaints = List.copyOf(complaints);
    }

    static OurTriggers of(ScaledObject scaledObject, List<String> serviceNames, TriggerCheck check) {
        List<ScaledObject.TriggerSpec> ours = scaledObject.triggers().stream()
                .filter(trigger -> trigger.isFor(serviceNames))
                .toList();
        Set<Trigger> triggers = new LinkedHashSet<>();
        List<Complaint> complaints = new ArrayList<>();
        boolean open = false;
        for (int i = 0; i < scaledObject.triggers().size(); i++) {
            int index = i;
            ScaledObject.TriggerSpec spec = scaledObject.triggers().get(i);
            if (!spec.isFor(serviceNames)) {
                continue;
            }
            if (TriggerParser.needsEnvironment(spec.metadata())) {
                open = true;
                TriggerParser.neverFromEnvironment(spec.metadata())
                        .ifPresent(violation -> complaints.add(
                                new Complaint("TriggerRefused", "trigger metadata: " + violation.text())));
            } else {
                String namespace = scaledObject.id().namespace();
                ParsedTrigger parsed = check.check(namespace, TriggerParser.parse(spec.metadata()));
                List<Complaint> its = new ArrayList<>();
                read(spec, parsed, triggers, its);
                its.forEach(complaint -> complaints.add(complaint.about(index, parsed)));
            }
        }
        if (!ours.isEmpty()
                && ours.size() == scaledObject.triggers().size()
                && ours.stream().noneMatch(OurTriggers::namesWakeSource)) {
            wayToZero(scaledObject).ifPresent(way -> complaints.add(new Complaint("NoWakeSource", way)));
        }
        Set<String> podSelectors = ours.stream()
                .flatMap(spec -> Stream.ofNullable(spec.metadata().get(TriggerKey.POD_SELECTOR.key())))
                .map(String::strip)
                .filter(TriggerParser::isLabelSelector)
                .collect(Collectors.toSet());
        return new OurTriggers(ours.size(), triggers, podSelectors, open, complaints);
    }

    /** What is wrong with going to zero where nothing wakes it; empty: it never goes there. */
    private static Optional<String> wayToZero(ScaledObject scaledObject) {
        if (scaledObject.idleReplicas().equals(OptionalInt.of(0))) {
            return Optional.of(noWakeSource("idleReplicaCount is 0", "take idleReplicaCount out"));
        }
        return scaledObject.minReplicas() == 0
                ? Optional.of(noWakeSource("minReplicaCount is 0 (KEDA's default)", "set minReplicaCount to 1"))
                : Optional.empty();
    }

    private static String noWakeSource(String cause, String cure) {
        return cause
                + " and no trigger but ours is there: at 0 replicas there are no pods to read, so nothing wakes it; "
                + cure + ", give a trigger of type external-push a wakeSource, or add a trigger that can wake it";
    }

    private static boolean namesWakeSource(ScaledObject.TriggerSpec spec) {
        String key = TriggerKey.WAKE_SOURCE.key();
        return spec.metadata().containsKey(key) || spec.metadata().containsKey(key + "FromEnv");
    }

    private static void read(
            ScaledObject.TriggerSpec spec, ParsedTrigger parsed, Set<Trigger> triggers, List<Complaint> complaints) {
        switch (parsed) {
            case ParsedTrigger.Invalid invalid -> complaints.add(new Complaint(Notice.TRIGGER_REFUSED, invalid.text()));
            case ParsedTrigger.Valid(Trigger trigger, List<String> warnings) -> {
                triggers.add(trigger);
                warnings.forEach(warning -> complaints.add(new Complaint("TriggerQuestionable", warning)));
                if (trigger.wakeSource().isPresent() && !spec.type().equals("external-push")) {
                    complaints.add(new Complaint(
                            "TriggerQuestionable",
                            "wakeSource with type " + spec.type() + ": KEDA asks only every pollingInterval; with"
                                    + " external-push it is told at once"));
                }
                if (trigger.aggregationType().isPerPod() != spec.metricType().equals("Value")) {
                    complaints.add(
                            new Complaint(
                                    "MetricTypeMismatch",
                                    "aggregationType "
                                            + trigger.aggregationType().key() + " does not fit metricType "
                                            + spec.metricType()
                                            + " (of scalingModifiers, where there is a formula): sum needs AverageValue, average and max need Value"));
                }
            }
        }
    }
}
