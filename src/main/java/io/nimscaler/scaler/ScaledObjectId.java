package io.nimscaler.scaler;

/** Namespace and name of a ScaledObject, as KEDA's calls give them. */
public record ScaledObjectId(String namespace, String name) implements Comparable<ScaledObjectId> {

    @Override
    public int compareTo(ScaledObjectId other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
