package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;

/**
 * What a watch keeps of each ScaledObject: that it is there. It is read when it comes, and then once more only after it has changed;
 * an author may write a megabyte into one, and there may be many that are not ours.
 */
final class SlimScaledObjects extends BasicItemStore<GenericKubernetesResource> {

    SlimScaledObjects() {
        super(Cache::metaNamespaceKeyFunc);
    }

    /** Listeners are told what came, not what is kept of it. */
    @Override
    public boolean isFullState() {
        return false;
    }

    @Override
    public GenericKubernetesResource put(String key, GenericKubernetesResource resource) {
        ObjectMeta whole = resource.getMetadata();
        GenericKubernetesResource kept = new GenericKubernetesResource();
        kept.setApiVersion(resource.getApiVersion());
        kept.setKind(resource.getKind());
        kept.setMetadata(new ObjectMetaBuilder()
                .withNamespace(whole.getNamespace())
                .withName(whole.getName())
                .withUid(whole.getUid())
                .withResourceVersion(whole.getResourceVersion())
                .build());
        return super.put(key, kept);
    }
}
