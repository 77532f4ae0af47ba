package io.nimscaler.scaler;

/**
 * The minimum and maximum of the HPA of a ScaledObject.
 *
 * @param least {@code minReplicaCount}, at least 0
 * @param most {@code maxReplicaCount}
 */
public record ReplicaBounds(int least, int most) {

    /** What becomes of so many; the HPA itself takes no fewer than one. */
    public long clamp(long replicas) {
        return Math.max(Math.max(1, least), Math.min(replicas, most));
    }
}
