package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.nimscaler.e2e.Fault;
import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scaler;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A right-sized fleet under a steady load, without any window that could hide a wrong number: no fault of its pods costs a replica. */
@Scenario
class SurvivesEveryFault {

    /** One fleet, some of whose pods fail. */
    private record Case(Fault fault, int failing, Fleet fleet, ScaledObject scaling) {

        JsonNode view(Scaler scaler) {
            return Serialization.unmarshal(scaler.view(scaling), JsonNode.class);
        }

        List<JsonNode> pods(Scaler scaler) {
            JsonNode pods = view(scaler).findValue("pods");
            return StreamSupport.stream(pods.spliterator(), false).toList();
        }

        String said(Scaler scaler) {
            JsonNode view = view(scaler);
            String reason = view.findValue("reason").asText("");
            return view.findValue("decision").asText() + (reason.isEmpty() ? "" : " (" + reason + ")");
        }
    }

    @Test
    void ofHalfThePodsAndThenOfAll(Story story) {
        Scaler scaler = story.scaler(1);
        List<Case> cases = Stream.of(
                        Fault.REFUSE, Fault.HANG, Fault.TRUNCATE, Fault.NAN, Fault.PERCENT, Fault.OLD_TIMESTAMPS)
                .map(fault -> begin(story, fault, 4, 2, Map.of("staleAfter", "4s", "unavailableAfter", "6s")))
                .toList();
        expectAll(story, cases, 4);

        cases.forEach(one -> one.fleet().someFail(2, one.fault()));
        keepAll(story, cases, 4, ofSeconds(12));
        cases.forEach(one -> one.fleet().fails(one.fault()));
        keepAll(story, cases, 4, ofSeconds(15));
        cases.forEach(one -> assertThat(one.said(scaler)).startsWith("unknown"));
        cases.forEach(one -> one.fleet().recovers());
        story.expect("all fleets are known again", SOON, () -> cases.stream()
                .allMatch(one -> one.said(scaler).startsWith("report") || one.said(scaler).contains("stabilization")));
        keepAll(story, cases, 4, ofSeconds(3));
    }

    /**
     * All faults, on 1, 10 and 20 of 20 pods, side by side: 2,100 pods, for 13 minutes of two cores. Writes what
     * {@code src/docs/faults.md} says.
     */
    @Test
    @Tag("long")
    void onOneTenAndTwentyOfTwentyPods(Story story) {
        Scaler scaler = story.scaler(
                1, Map.of("JDK_JAVA_OPTIONS", "-Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"));
        List<Case> cases = new ArrayList<>();
        for (Fault fault : Fault.values()) {
            for (int failing : new int[] {1, 10, 20}) {
                cases.add(begin(story, fault, 20, failing, Map.of("pollInterval", "5s")));
            }
        }
        expectAll(story, cases, 20);

        // One fault after the other, for the scaler says at most 120 Events a minute
        for (int i = 0; i < cases.size(); i += 3) {
            cases.subList(i, i + 3).forEach(one -> one.fleet().someFail(one.failing(), one.fault()));
            keepAll(story, cases, 20, ofSeconds(2));
        }
        keepAll(story, cases, 20, ofMinutes(1));
        Map<Case, String> afterAMinute =
                cases.stream().collect(Collectors.toMap(one -> one, one -> one.said(scaler)));
        keepAll(story, cases, 20, ofMinutes(4));
        story.report("faults.md", table(cases, scaler, afterAMinute));
        assertThat(cases)
                .filteredOn(one -> one.fault().isHarmless())
                .allSatisfy(one -> assertThat(one.pods(scaler))
                        .allMatch(pod -> pod.path("state").asText().equals("sampled")));

        cases.forEach(one -> one.fleet().recovers());
        story.expect("all pods are read again", ofMinutes(2), () -> cases.stream()
                .allMatch(one -> one.pods(scaler).stream()
                        .allMatch(pod -> pod.path("problem").asText("").isEmpty())));
        keepAll(story, cases, 20, ofSeconds(20));
    }

    private static Case begin(Story story, Fault fault, int pods, int failing, Map<String, String> metadata) {
        String name = fault.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-" + failing;
        Fleet fleet = story.fleet(name, pods);
        fleet.loadFor(pods);
        ScaledObject scaling = story.scaledObject(fleet)
                .trigger(ofSeconds(0), metadata)
                .with("maxReplicaCount", 2 * pods)
                .with("pollingInterval", 15)
                .apply();
        return new Case(fault, failing, fleet, scaling);
    }

    private static void expectAll(Story story, List<Case> cases, int replicas) {
        story.expect("every HPA desires " + replicas, ofMinutes(4), () -> {
            Map<String, Integer> desired = story.hpasDesire();
            return desired.size() == cases.size() && desired.values().stream().allMatch(n -> n == replicas);
        });
    }

    /** Fails at the first moment at which an HPA, or a Deployment, wants another number. */
    private static void keepAll(Story story, List<Case> cases, int replicas, Duration span) {
        story.throughout("all " + cases.size() + " fleets are kept", span, ofSeconds(1), () -> {
            Map<String, Integer> others = new TreeMap<>();
            for (Map<String, Integer> seen : List.of(story.hpasDesire(), story.replicas())) {
                seen.forEach((name, wanted) -> {
                    if (wanted != replicas) {
                        others.put(name, wanted);
                    }
                });
            }
            if (!others.isEmpty()) {
                story.say("another number of replicas: " + others);
            }
            return others.isEmpty();
        });
    }

    private static String table(List<Case> cases, Scaler scaler, Map<Case, String> afterAMinute) {
        StringBuilder table = new StringBuilder("""
                | fault | what is said of such a pod | 1 of 20 | 10 of 20 | 20 of 20 | Events at 20 of 20 |
                | --- | --- | --- | --- | --- | --- |
                """);
        for (int i = 0; i < cases.size(); i += 3) {
            List<Case> ofFault = cases.subList(i, i + 3);
            Case all = ofFault.getLast();
            String problem = all.pods(scaler).stream()
                    .map(pod -> pod.path("problem").asText(""))
                    .findFirst()
                    .orElse("");
            String events = Stream.of("PodsMissing", "DemandUnknown", "DemandKnown", "PodsStuckStarting")
                    .filter(reason -> all.scaling().events(reason) > 0)
                    .collect(Collectors.joining(", "));
            table.append("| ")
                    .append(all.fault())
                    .append(" | ")
                    .append(problem.replace("|", "\\|"))
                    .append(" | ")
                    .append(ofFault.stream()
                            .map(one -> afterAMinute.get(one) + ", then " + one.said(scaler))
                            .collect(Collectors.joining(" | ")))
                    .append(" | ")
                    .append(events)
                    .append(" |\n");
        }
        return table.toString();
    }
}
