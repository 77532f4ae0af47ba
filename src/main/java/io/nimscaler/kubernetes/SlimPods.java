package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateRunning;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HostIP;
import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.LifecycleBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.nimscaler.scaler.DeletionCosts;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The fields that a watch keeps of each pod: those that {@link PodMapping}, {@link Obstacles}, {@link MaxRunning},
 * {@link Confinement} and {@link IdlestFirst} read. A whole pod of an inference server takes some 45 kB of heap. This takes 3
 * kB, whatever the author of the pod writes.
 */
final class SlimPods extends BasicItemStore<Pod> {

    /**
     * Containers of a pod, ports of a container, and so on: an author may write 1.5 MB of them. A port that is behind them is not found,
     * and its pod then missing.
     */
    static final int MOST_EACH = 64;

    private static final Lifecycle HAS_PRE_STOP =
            new LifecycleBuilder().withNewPreStop().endPreStop().build();

    private static final Set<String> CONDITIONS_READ = Set.of("Ready", "PodScheduled");

    SlimPods() {
        super(Cache::metaNamespaceKeyFunc);
    }

    @Override
    public Pod put(String key, Pod pod) {
        return super.put(key, slim(pod));
    }

    private static Pod slim(Pod pod) {
        Pod kept = new Pod();
        kept.setMetadata(slim(pod.getMetadata()));
        kept.setSpec(pod.getSpec() == null ? null : slim(pod.getSpec()));
        kept.setStatus(pod.getStatus() == null ? null : slim(pod.getStatus()));
        return kept;
    }

    private static ObjectMeta slim(ObjectMeta whole) {
        ObjectMeta kept = new ObjectMeta();
        kept.setNamespace(whole.getNamespace());
        kept.setName(whole.getName());
        kept.setUid(whole.getUid());
        kept.setResourceVersion(whole.getResourceVersion());
        kept.setCreationTimestamp(whole.getCreationTimestamp());
        kept.setDeletionTimestamp(whole.getDeletionTimestamp());
        // Without it a value of another writer would be overwritten, and ours would never be taken back
        DeletionCosts.written(whole.getAnnotations())
                .ifPresent(cost -> kept.setAnnotations(Map.of(DeletionCosts.ANNOTATION, cost)));
        return kept;
    }

    private static PodSpec slim(PodSpec whole) {
        PodSpec kept = new PodSpec();
        kept.setNodeName(whole.getNodeName());
        kept.setHostNetwork(whole.getHostNetwork());
        kept.setTerminationGracePeriodSeconds(whole.getTerminationGracePeriodSeconds());
        kept.setContainers(all(whole.getContainers(), SlimPods::slim));
        kept.setInitContainers(all(whole.getInitContainers(), SlimPods::slim));
        // Of what its containers are told this alone is read
        List<String> maxRunning = MaxRunning.asArguments(MaxRunning.of(whole));
        kept.getContainers().stream().findFirst().ifPresent(container -> container.setArgs(maxRunning));
        return kept;
    }

    private static Container slim(Container whole) {
        Container kept = new Container();
        kept.setPorts(all(whole.getPorts(), SlimPods::slim));
        // Whether it has a hook matters, not which
        if (PodMapping.hasPreStop(whole)) {
            kept.setLifecycle(HAS_PRE_STOP);
        }
        return kept;
    }

    private static ContainerPort slim(ContainerPort whole) {
        ContainerPort kept = new ContainerPort();
        kept.setName(whole.getName());
        kept.setContainerPort(whole.getContainerPort());
        return kept;
    }

    private static PodStatus slim(PodStatus whole) {
        PodStatus kept = new PodStatus();
        kept.setPhase(whole.getPhase());
        kept.setPodIP(whole.getPodIP());
        kept.setHostIP(whole.getHostIP());
        kept.setHostIPs(all(whole.getHostIPs(), SlimPods::slim));
        List<PodCondition> conditions = whole.getConditions() == null ? List.of() : whole.getConditions();
        kept.setConditions(conditions.stream()
                .filter(condition -> CONDITIONS_READ.contains(condition.getType()))
                .limit(MOST_EACH)
                .map(SlimPods::slim)
                .toList());
        kept.setContainerStatuses(all(whole.getContainerStatuses(), SlimPods::slim));
        kept.setInitContainerStatuses(all(whole.getInitContainerStatuses(), SlimPods::slim));
        return kept;
    }

    private static HostIP slim(HostIP whole) {
        HostIP kept = new HostIP();
        kept.setIp(whole.getIp());
        return kept;
    }

    private static PodCondition slim(PodCondition whole) {
        PodCondition kept = new PodCondition();
        kept.setType(whole.getType());
        kept.setStatus(whole.getStatus());
        kept.setLastTransitionTime(whole.getLastTransitionTime());
        if (!"True".equals(whole.getStatus()) && "PodScheduled".equals(whole.getType())) {
            kept.setReason(Obstacles.text(whole.getReason()));
            kept.setMessage(Obstacles.message(whole.getMessage()));
        }
        return kept;
    }

    private static ContainerStatus slim(ContainerStatus whole) {
        ContainerStatus kept = new ContainerStatus();
        kept.setState(slim(whole.getState()));
        kept.setLastState(slim(whole.getLastState()));
        return kept;
    }

    /** When it started, when it had started that ended, and why it does not run. */
    private static @Nullable ContainerState slim(@Nullable ContainerState whole) {
        if (whole == null) {
            return null;
        }
        ContainerState kept = new ContainerState();
        if (whole.getRunning() != null) {
            ContainerStateRunning running = new ContainerStateRunning();
            running.setStartedAt(whole.getRunning().getStartedAt());
            kept.setRunning(running);
        }
        if (whole.getTerminated() != null) {
            ContainerStateTerminated terminated = new ContainerStateTerminated();
            terminated.setStartedAt(whole.getTerminated().getStartedAt());
            terminated.setExitCode(whole.getTerminated().getExitCode());
            terminated.setReason(Obstacles.text(whole.getTerminated().getReason()));
            kept.setTerminated(terminated);
        }
        if (whole.getWaiting() != null) {
            ContainerStateWaiting waiting = new ContainerStateWaiting();
            waiting.setReason(Obstacles.text(whole.getWaiting().getReason()));
            waiting.setMessage(Obstacles.message(whole.getWaiting().getMessage()));
            kept.setWaiting(waiting);
        }
        return kept;
    }

    private static <T> List<T> all(@Nullable List<T> whole, UnaryOperator<T> slim) {
        return whole == null
                ? List.of()
                : whole.stream().limit(MOST_EACH).map(slim).toList();
    }
}
