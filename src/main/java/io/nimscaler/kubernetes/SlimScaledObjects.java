package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a watch keeps of each ScaledObject: its name and version. A ScaledObject is read when it comes, and again only after a
 * change. Its author may write a megabyte into it, and many of them may not belong to this scaler.
 */
final class SlimScaledObjects implements ItemStore<GenericKubernetesResource> {

    /** By {@code NAMESPACE/NAME}. */
    private final Map<String, String> versions = new ConcurrentHashMap<>();

    /** Listeners are told what came, not what is kept of it. */
    @Override
    public boolean isFullState() {
        return false;
    }

    @Override
    public String getKey(GenericKubernetesResource resource) {
        return Cache.metaNamespaceKeyFunc(resource);
    }

    @Override
    public @Nullable GenericKubernetesResource put(String key, GenericKubernetesResource resource) {
        String version = resource.getMetadata().getResourceVersion();
        return kept(key, versions.put(key, version == null ? "" : version));
    }

    @Override
    public @Nullable GenericKubernetesResource remove(String key) {
        return kept(key, versions.remove(key));
    }

    @Override
    public @Nullable GenericKubernetesResource get(String key) {
        return kept(key, versions.get(key));
    }

    @Override
    public Stream<String> keySet() {
        return versions.keySet().stream();
    }

    @Override
    public Stream<GenericKubernetesResource> values() {
        return versions.entrySet().stream().map(entry -> resource(entry.getKey(), entry.getValue()));
    }

    @Override
    public int size() {
        return versions.size();
    }

    private static @Nullable GenericKubernetesResource kept(String key, @Nullable String version) {
        return version == null ? null : resource(key, version);
    }

    private static GenericKubernetesResource resource(String key, String version) {
        int slash = key.indexOf('/');
        GenericKubernetesResource resource = new GenericKubernetesResource();
        resource.setMetadata(new ObjectMetaBuilder()
                .withNamespace(key.substring(0, slash))
                .withName(key.substring(slash + 1))
                .withResourceVersion(version)
                .build());
        return resource;
    }
}
