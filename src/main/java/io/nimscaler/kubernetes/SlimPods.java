package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a watch keeps of each pod: all but what is large and that nobody here reads. A pod of an inference server takes some 45 kB of
 * heap as it comes, and 9 kB so.
 */
final class SlimPods extends BasicItemStore<Pod> {

    SlimPods() {
        super(Cache::metaNamespaceKeyFunc);
    }

    @Override
    public Pod put(String key, Pod pod) {
        return super.put(key, slim(pod));
    }

    private static Pod slim(Pod pod) {
        pod.getMetadata().setManagedFields(List.of());
        PodSpec spec = pod.getSpec();
        if (spec != null) {
            spec.setVolumes(List.of());
            spec.setTolerations(List.of());
            spec.setAffinity(null);
            Stream.concat(spec.getContainers().stream(), spec.getInitContainers().stream())
                    .forEach(SlimPods::slim);
        }
        return pod;
    }

    private static void slim(Container container) {
        container.setArgs(List.of());
        container.setCommand(List.of());
        container.setEnv(List.of());
        container.setEnvFrom(List.of());
        container.setVolumeMounts(List.of());
        container.setLifecycle(null);
        container.setLivenessProbe(null);
        container.setReadinessProbe(null);
        container.setStartupProbe(null);
        container.setSecurityContext(null);
    }
}
