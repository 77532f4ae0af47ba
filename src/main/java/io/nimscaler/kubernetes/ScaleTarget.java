package io.nimscaler.kubernetes;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The workload that a ScaledObject scales. */
record ScaleTarget(String namespace, String group, String version, String resource, String name) {

    /** A DNS subdomain, as Kubernetes names what it holds (apimachinery: IsDNS1123Subdomain); no label of it is empty. */
    private static final Pattern NAME =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*+");

    /** The kinds whose {@code /scale} the scaler may read wherever it is deployed, with their resources. */
    static final Map<String, String> WELL_KNOWN = Map.of("Deployment", "deployments", "StatefulSet", "statefulsets");

    /**
     * Whether every part is a name that Kubernetes could have given. KEDA's schema takes any text as the name of a scale target,
     * and {@code ../../other/deployments/x} would make a path into another namespace.
     */
    boolean isWellFormed() {
        return Stream.of(namespace, version, resource, name)
                        .allMatch(part -> NAME.matcher(part).matches())
                && (group.isEmpty() || NAME.matcher(group).matches());
    }

    /** What else of the well-known kinds may have the name, by kind. */
    Map<String, ScaleTarget> otherKinds() {
        Map<String, ScaleTarget> others = new TreeMap<>();
        WELL_KNOWN.forEach((kind, its) -> others.put(kind, new ScaleTarget(namespace, "apps", "v1", its, name)));
        others.values().removeIf(other -> other.group.equals(group) && other.resource.equals(resource));
        return others;
    }

    @Override
    public String toString() {
        return resource + (group.isEmpty() ? "" : "." + group) + " " + namespace + "/" + name;
    }
}
