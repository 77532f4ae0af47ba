package io.nimscaler.signal;

/** What one pod says, as far as it can be said from this pod alone; {@link FleetSignal} puts a value on it. */
public sealed interface PodValue {

    /**
     * The value itself.
     *
     * @param value finite, not negative
     */
    record Amount(double value) implements PodValue {

        public Amount {
            if (!Double.isFinite(value) || value < 0) {
                throw new IllegalArgumentException("value = " + value + ", must be finite and at least 0");
            }
        }
    }
}
