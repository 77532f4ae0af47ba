package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Requests that are lost with the pods that the ReplicaSet controller takes: it tells how many, with the costs and without. */
@Scenario
class TakesTheIdlest {

    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";
    private static final int FLEETS = Integer.getInteger("e2e.fleets", 12);
    private static final int DROPS = Integer.getInteger("e2e.drops", 17);

    @Test
    @Tag("long")
    void withDeletionCosts(Story story) {
        measure(story, "idlest");
    }

    @Test
    @Tag("long")
    void asKubernetesChooses(Story story) {
        measure(story, "any");
    }

    private static void measure(Story story, String which) {
        story.scaler(2);
        if (which.equals("idlest")) {
            story.applyScaleDown();
        }
        List<Fleet> fleets = new ArrayList<>();
        for (int i = 0; i < FLEETS; i++) {
            Fleet llm = story.fleet("llm" + i, 8);
            llm.loadFor(8);
            fleets.add(llm);
        }
        for (Fleet llm : fleets) {
            llm.expectReady(8, SOON);
            story.scaledObject(llm)
                    .with("minReplicaCount", 6)
                    .trigger(ofSeconds(0), Map.of("metric", "serving_load", "maxRunning", "256", "scaleDown", which))
                    .apply()
                    .expectHpaDesires(8, SOON);
        }
        List<LongSupplier> writes =
                fleets.stream().map(llm -> llm.writesOf(COST)).toList();
        Instant began = Instant.now();
        Random random = new Random(5);
        int lost = 0;
        int gone = 0;
        int least = 0;
        for (int drop = 0; drop < DROPS; drop++) {
            List<Map<String, Integer>> had = new ArrayList<>();
            for (Fleet llm : fleets) {
                // 6 replicas at 0.70 carry what is left of 8
                had.add(llm.hasUnevenly((int) (256 * 0.7 * 5.9), random));
            }
            story.expect("6 replicas each", ofSeconds(150), () -> fleets.stream()
                    .allMatch(llm -> llm.names().size() == 6));
            for (int i = 0; i < FLEETS; i++) {
                Set<String> stay = fleets.get(i).names();
                for (var pod : had.get(i).entrySet()) {
                    if (!stay.contains(pod.getKey())) {
                        lost += pod.getValue();
                        gone++;
                    }
                }
                least += had.get(i).values().stream().sorted().limit(2).mapToInt(x -> x).sum();
            }
            for (Fleet llm : fleets) {
                llm.isEven();
                llm.loadFor(8);
            }
            story.expect("8 replicas each", ofSeconds(150), () -> fleets.stream().allMatch(llm -> llm.readyPods() == 8));
        }
        double hours = Duration.between(began, Instant.now()).toSeconds() / 3600.0;
        long written = writes.stream().mapToLong(LongSupplier::getAsLong).sum();
        String text = String.format(
                Locale.ROOT,
                "%s: %d scale-downs, %d pods gone, %d requests lost, %d at least, %d writes, %.0f an hour%n",
                which, FLEETS * DROPS, gone, lost, least, written, written / hours);
        story.say(text);
        story.report("lost-" + which + ".txt", text);
        if (which.equals("idlest")) {
            story.expect("every mark is taken back", SOON, () -> fleets.stream()
                    .allMatch(llm -> llm.annotated(COST).isEmpty()));
        }
    }
}
