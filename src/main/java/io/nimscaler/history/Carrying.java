package io.nimscaler.history;

import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.PodReading;
import java.time.Duration;
import java.util.OptionalDouble;

/**
 * The demand of the pods of a reading, in the unit of a signal that adds up. It is known also while the policy cannot tell the
 * demand, for example while pods start and the others are full.
 */
public final class Carrying {

    private Carrying() {}

    /** A missing pod carries what it carried last, else as much as the others; empty: no pod says anything. */
    public static OptionalDouble of(Fleet.Known fleet) {
        if (fleet.scale().spec() == 0 && fleet.pods().isEmpty()) {
            return OptionalDouble.of(0);
        }
        double sum = 0;
        int sampled = 0;
        for (PodReading pod : fleet.pods()) {
            if (pod instanceof PodReading.Sampled(double value)) {
                sum += Math.max(0, value);
                sampled++;
            }
        }
        if (sampled == 0) {
            return OptionalDouble.empty();
        }
        double mean = sum / sampled;
        for (PodReading pod : fleet.pods()) {
            if (pod instanceof PodReading.Missing(OptionalDouble lastValue, Duration _)) {
                sum += Math.max(0, lastValue.orElse(mean));
            }
        }
        return Double.isFinite(sum) ? OptionalDouble.of(sum) : OptionalDouble.empty();
    }
}
