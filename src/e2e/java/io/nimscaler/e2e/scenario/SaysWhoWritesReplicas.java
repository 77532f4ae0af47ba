package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.NimOperator;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scaler;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Somebody else writes the replicas of the scale target, or stops the HPA. */
@Scenario
@Order(1)
class SaysWhoWritesReplicas {

    /** As NVIDIA's nim-llm chart renders a release my-nim: a StatefulSet, ports and probes; replicas at each upgrade. */
    private static final String NIM_LLM =
            """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata:
              name: my-nim
              labels: {app.kubernetes.io/name: nim-llm, app.kubernetes.io/instance: my-nim}
            spec:
              replicas: 1
              serviceName: my-nim-sts
              selector:
                matchLabels: {app.kubernetes.io/name: nim-llm, app.kubernetes.io/instance: my-nim}
              template:
                metadata:
                  labels: {app.kubernetes.io/name: nim-llm, app.kubernetes.io/instance: my-nim}
                  annotations: {e2e/ready-after: 1s}
                spec:
                  containers:
                    - name: nim-llm
                      image: nim
                      ports: [{containerPort: 8000, name: http-openai}]
                      livenessProbe: {httpGet: {path: /v1/health/live, port: http-openai}}
                      readinessProbe: {httpGet: {path: /v1/health/ready, port: http-openai}}
                      startupProbe: {httpGet: {path: /v1/health/ready, port: http-openai}, failureThreshold: 180}
            """;

    @Test
    void anOperatorThatLeavesThemOutOfAnEdit(Story story) {
        story.scaler(1);
        NimOperatorStories.editTakesReplicasAway(story, NimOperator.standIn(story, NimOperatorStories.LOADS));
    }

    @Test
    void anOperatorThatInsistsOnItsOwn(Story story) {
        story.scaler(1);
        NimOperatorStories.replicasAreResetForEver(story, NimOperator.standIn(story, ZERO));
    }

    @Test
    void anUpgradeOfAChart(Story story) {
        Scaler scaler = story.scaler(1);
        Fleet nim = story.statefulSet(NIM_LLM);
        nim.expectReady(1, SOON);
        nim.loadFor(5);
        // Without a kind it is a Deployment's name
        ScaledObject scaling = story.scaledObject(nim).trigger(ofSeconds(30)).apply();
        story.expect("the reason names the kind that is there", SOON, () -> scaler.view(scaling)
                .contains("there is a StatefulSet of that name: set scaleTargetRef.kind"));
        scaling.with("scaleTargetRef", Map.of("kind", "StatefulSet", "name", nim.name()))
                .apply();
        nim.expectReplicas(5, SOON.multipliedBy(2));
        nim.expectReady(5, SOON);
        nim.expectReplicasKept(5, ofSeconds(66));

        // helm upgrade, which changes nothing else
        nim.isUpgradedTo(1);
        scaling.expectEvent("ReplicasTakenAway", SOON);
        nim.expectReplicas(5, SOON);
    }

    @Test
    void aSecondHpaOnTheSameTarget(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 2);
        llm.loadFor(2);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(30)).apply();
        scaling.expectHpaDesires(2, SOON);
        story.apply(
                """
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata: {name: second}
                spec:
                  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: llm}
                  minReplicas: 1
                  maxReplicas: 10
                  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
                """);
        llm.expectReplicasKept(2, ofSeconds(10));

        // Both stop each other
        llm.loadFor(8);
        scaling.expectEvent("NotFollowed", ofMinutes(4));
    }
}
