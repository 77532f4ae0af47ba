package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.OtherKind;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The examples for other projects, as they stand in k8s/examples, with pods of the labels and ports that these projects give them. */
@Scenario
class ScalesWhatOthersDeploy {

    @Test
    void withTheExampleForEach(Story story) {
        story.scaler(1);
        OtherKind inference = new OtherKind("serving.kserve.io", "v1beta1", "InferenceService", "");
        OtherKind llm = new OtherKind("serving.kserve.io", "v1alpha1", "LLMInferenceService", "");
        OtherKind groups = new OtherKind("leaderworkerset.x-k8s.io", "v1", "LeaderWorkerSet", "hpaPodSelector");
        OtherKind adapters =
                new OtherKind("nvidia.com", "v1alpha1", "DynamoGraphDeploymentScalingAdapter", "selector");
        List.of(inference, llm, groups, adapters).forEach(kind -> kind.define(story));

        Fleet predictor = story.deployment("llama-predictor", Map.of("app", "isvc.llama-predictor"), 8080);
        Fleet kserve = story.deployment(
                "llama-kserve",
                Map.of("app.kubernetes.io/name", "llama", "kserve.io/component", "workload"),
                8000);
        // Port 8000 of these pods is the routing proxy's, and nothing answers there
        Fleet decode = story.deployment(
                "ms-llm-d-modelservice-decode", Map.of("llm-d.ai/role", "decode", "llm-d.ai/model", "ms"), 8200);
        Fleet leaders = story.deployment(
                "llama-405b-leaders",
                Map.of("leaderworkerset.sigs.k8s.io/name", "llama-405b", "leaderworkerset.sigs.k8s.io/worker-index", "0"),
                8000);
        story.apply(
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: llama-405b-workers}
                spec:
                  replicas: 2
                  selector:
                    matchLabels: {leaderworkerset.sigs.k8s.io/name: llama-405b, leaderworkerset.sigs.k8s.io/worker-index: "1"}
                  template:
                    metadata:
                      labels: {leaderworkerset.sigs.k8s.io/name: llama-405b, leaderworkerset.sigs.k8s.io/worker-index: "1"}
                    spec:
                      containers: [{name: main, image: model-server}]
                """);
        Fleet workers = story.deployment(
                "sglang-agg-decode-workers", Map.of("nvidia.com/selector", "sglang-agg-decode"), 9090);
        groups.mayBeRead(story);
        adapters.mayBeRead(story);
        groups.make(
                story,
                "llama-405b",
                leaders,
                "leaderworkerset.sigs.k8s.io/name=llama-405b,leaderworkerset.sigs.k8s.io/worker-index=0");
        adapters.make(story, "sglang-agg-decode", workers, "nvidia.com/selector=sglang-agg-decode");

        List.of("kserve.yaml", "kserve-llm.yaml", "llm-d.yaml", "leader-worker-set.yaml", "dynamo.yaml")
                .forEach(story::applyExample);

        List<Fleet> fleets = List.of(predictor, kserve, decode, leaders, workers);
        fleets.forEach(fleet -> fleet.loadFor(3));
        fleets.forEach(fleet -> fleet.expectReplicas(3, SOON.multipliedBy(2)));
    }
}
