package io.nimscaler.replay;

import io.nimscaler.trigger.Nearest;
import java.util.Arrays;
import java.util.Optional;

/** The keys of a question beside the trigger's metadata: how the fleet is scaled, and what the answer contains. */
public enum FleetKey {
    MIN_REPLICA_COUNT("minReplicaCount", "a number of replicas, 0 to 100000"),
    MAX_REPLICA_COUNT("maxReplicaCount", "a number of replicas, 1 to 100000, at least minReplicaCount"),
    POLLING_INTERVAL("pollingInterval", "whole seconds, 1 to 86400, as in the ScaledObject"),
    COOLDOWN_PERIOD("cooldownPeriod", "whole seconds, 0 to 86400, as in the ScaledObject"),
    SYNC_PERIOD("hpaSyncPeriod", "a duration of whole seconds such as 15s, from 1s to 1h"),
    UP_WINDOW("scaleUp.stabilizationWindowSeconds", "whole seconds, 0 to 3600"),
    UP_POLICIES("scaleUp.policies", "policies such as 4/15s or 100%/15s, joined with +, periods from 1s to 30m"),
    UP_SELECT("scaleUp.selectPolicy", "one of Max, Min, Disabled"),
    DOWN_WINDOW("scaleDown.stabilizationWindowSeconds", "whole seconds, 0 to 3600"),
    DOWN_POLICIES("scaleDown.policies", "policies such as 4/15s or 100%/15s, joined with +, periods from 1s to 30m"),
    DOWN_SELECT("scaleDown.selectPolicy", "one of Max, Min, Disabled"),
    START_UP("startUp", "a duration such as 90s, from 0s to 24h"),
    REPLICA_CAPACITY("replicaCapacity", "a number greater than 0, in the signal's unit"),
    PRICE("pricePerReplicaHour", "a number from 0 to 1000000"),
    MAX_OVERLOAD("maxOverload", "a share of the time from 0 to 1, such as 0.01"),
    LEAST_HISTORY("leastHistory", "a duration such as 24h, from 1m to 2160h");

    private final String key;
    private final String expected;

    FleetKey(String key, String expected) {
        this.key = key;
        this.expected = expected;
    }

    /** As it is written. */
    public String key() {
        return key;
    }

    /** What is expected of its value, for people. */
    public String expected() {
        return expected;
    }

    static Optional<FleetKey> of(String key) {
        return Arrays.stream(values()).filter(known -> known.key.equals(key)).findFirst();
    }

    static Optional<String> nearestTo(String other) {
        return Nearest.to(other, Arrays.stream(values()).map(FleetKey::key).toList());
    }
}
