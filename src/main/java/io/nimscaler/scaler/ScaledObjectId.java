package io.nimscaler.scaler;

/** Which ScaledObject: what KEDA's calls carry. */
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
