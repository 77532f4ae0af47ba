package io.nimscaler.policy;

/** The answer for KEDA. */
public sealed interface Answer {

    /**
     * A metric value, on the grid that KEDA and the HPA carry exactly.
     *
     * @param milli in thousandths, at least 0
     */
    record Value(long milli) implements Answer {

        public Value {
            if (milli < 0) {
                throw new IllegalArgumentException("milli = " + milli + ", must be at least 0");
            }
        }
    }

    /** No value can be given; KEDA counts a failure. */
    record Unavailable(String reason) implements Answer {}
}
