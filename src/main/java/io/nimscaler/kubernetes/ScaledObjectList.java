package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nimscaler.trigger.Printable;
import java.util.List;

/** Why the ScaledObjects cannot be read, by asking for one of them. */
final class ScaledObjectList {

    private static final String GROUP = "/apis/keda.sh/v1alpha1/";
    private static final int LONGEST = 200;

    private ScaledObjectList() {}

    /**
     * In words. Blocks for the client's request time-out at most.
     *
     * @param namespaces empty: all
     */
    static String trouble(KubernetesClient client, List<String> namespaces) {
        List<String> paths = namespaces.isEmpty()
                ? List.of(GROUP + "scaledobjects?limit=1")
                : namespaces.stream()
                        .map(namespace -> GROUP + "namespaces/" + namespace + "/scaledobjects?limit=1")
                        .toList();
        for (String path : paths) {
            try {
                if (client.raw(path) == null) {
                    return "the API server knows no ScaledObjects: install KEDA";
                }
            } catch (KubernetesClientException e) {
                return of(e);
            } catch (RuntimeException e) {
                return rootOf(e);
            }
        }
        return "the API server answers, and the watch is being made anew";
    }

    private static String of(KubernetesClientException e) {
        return switch (e.getCode()) {
            case 401, 403 -> "not allowed to list ScaledObjects: bind a role that allows to list and watch them";
            case 404 -> "the API server knows no ScaledObjects: install KEDA";
            default -> e.getCode() > 0 ? "the API server answers with status " + e.getCode() : rootOf(e);
        };
    }

    /** The innermost message says what the network said. */
    private static String rootOf(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return Printable.of(message == null ? root.getClass().getSimpleName() : message, LONGEST);
    }
}
