package io.nimscaler.kubernetes;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the client's cache asks of its store. */
class SlimScaledObjectsTest {

    private final SlimScaledObjects store = new SlimScaledObjects();

    private static GenericKubernetesResource scaledObject(String name, String version) {
        GenericKubernetesResource resource = new GenericKubernetesResource();
        resource.setApiVersion("keda.sh/v1alpha1");
        resource.setKind("ScaledObject");
        resource.setMetadata(new ObjectMetaBuilder()
                .withNamespace("ns")
                .withName(name)
                .withResourceVersion(version)
                .addToAnnotations("note", "x".repeat(1_000_000))
                .build());
        resource.setAdditionalProperty("spec", Map.of("triggers", "many"));
        return resource;
    }

    private @Nullable GenericKubernetesResource put(GenericKubernetesResource resource) {
        return store.put(store.getKey(resource), resource);
    }

    @Test
    void nothingIsKeptButNameAndVersion() {
        assertThat(put(scaledObject("llm", "7"))).isNull();

        GenericKubernetesResource kept = requireNonNull(store.get("ns/llm"));
        assertThat(kept.getMetadata())
                .isEqualTo(new ObjectMetaBuilder()
                        .withNamespace("ns")
                        .withName("llm")
                        .withResourceVersion("7")
                        .build());
        assertThat(kept.getAdditionalProperties()).isEmpty();
        assertThat(store.getKey(kept)).isEqualTo("ns/llm");
    }

    @Test
    void formerVersionIsToldWithEachChange() {
        put(scaledObject("llm", "7"));
        put(scaledObject("other", "8"));
        assertThat(requireNonNull(put(scaledObject("llm", "9"))).getMetadata().getResourceVersion())
                .isEqualTo("7");
        assertThat(store.size()).isEqualTo(2);
        assertThat(store.keySet()).containsExactlyInAnyOrder("ns/llm", "ns/other");
        assertThat(store.values())
                .extracting(kept ->
                        kept.getMetadata().getName() + " " + kept.getMetadata().getResourceVersion())
                .containsExactlyInAnyOrder("llm 9", "other 8");
    }

    @Test
    void nothingIsLeftOfWhatIsGone() {
        put(scaledObject("llm", "7"));
        assertThat(requireNonNull(store.remove("ns/llm")).getMetadata().getName())
                .isEqualTo("llm");
        assertThat(store.remove("ns/llm")).isNull();
        assertThat(store.get("ns/llm")).isNull();
        assertThat(store.size()).isZero();
        assertThat(store.values()).isEmpty();
    }
}
