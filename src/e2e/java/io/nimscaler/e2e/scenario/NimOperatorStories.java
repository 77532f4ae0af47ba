package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.e2e.Cluster;
import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.NimOperator;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Story;
import java.time.Duration;

/** What a fleet lives through with a NIM Operator, whichever that is. */
final class NimOperatorStories {

    /** Of a pod that loads its model. */
    static final Duration LOADS = ofSeconds(40);

    /** A cut is one of what was asked for through a whole minute. */
    private static final Duration A_MINUTE = ofSeconds(66);

    private NimOperatorStories() {}

    /** As k8s/examples/nim-operator.yaml has it: the operator owns the HPA, the ScaledObject is paused after its first reconcile. */
    static void operatorOwnsTheHpa(Story story, NimOperator operator) {
        Fleet llm = operator.fleet();
        llm.loadFor(1);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(10)).apply();
        scaling.expectHpaDesires(1, SOON);
        scaling.annotation("autoscaling.keda.sh/paused", "true").apply();
        scaling.expectNoHpa(SOON);
        operator.ownsTheHpa("s0-gpu_cache_usage_perc", scaling);

        llm.loadFor(5);
        llm.expectReplicas(5, SOON);
        llm.expectReady(5, SOON);
        operator.edit();
        llm.expectReplicasKept(5, ofSeconds(20));
        story.expect("the edit is rolled out", SOON, llm::isRolledOut);

        Cluster.Component keda = story.cluster().component("keda-operator");
        keda.kill();
        keda.start();
        llm.expectReplicasKept(5, ofSeconds(10));
        llm.loadFor(7);
        llm.expectReplicas(7, SOON.multipliedBy(2));
        llm.loadFor(2);
        llm.expectReplicas(2, SOON);
        story.expect("nobody is blamed", ofSeconds(1), () -> scaling.events("ReplicasTakenAway") == 0);
    }

    /** An edit without that takes five replicas to one. They are asked back before any pod has loaded its model. */
    static void editTakesReplicasAway(Story story, NimOperator operator) {
        Fleet llm = operator.fleet();
        llm.expectReady(1, SOON);
        llm.loadFor(5);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(30)).apply();
        // One full pod asks for two, and two for three
        llm.expectReplicas(5, LOADS.multipliedBy(6));
        llm.expectReady(5, LOADS.plus(SOON));
        llm.expectReplicasKept(5, A_MINUTE);

        operator.edit();
        llm.expectReplicas(1, ofSeconds(5));
        llm.expectReplicas(5, LOADS.dividedBy(2));
        scaling.expectEvent("ReplicasTakenAway", SOON);
        llm.expectReplicasKept(5, ofSeconds(20));
    }

    /** A NIMService with replicas: each step of the HPA is reset, for ever. */
    static void replicasAreResetForEver(Story story, NimOperator operator) {
        Fleet llm = operator.fleet();
        llm.expectReady(1, SOON);
        operator.insistsOn(1);
        llm.loadFor(5);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(30)).apply();
        scaling.expectEvent("ReplicasTakenAway", A_MINUTE.plus(SOON));
    }
}
