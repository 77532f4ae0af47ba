package io.nimscaler.policy;

/** The requests that wait in front of a fleet, at the trigger's demand source. */
public sealed interface Held {

    /** Its name in the scaler's settings. */
    String source();

    /**
     * @param requests how many wait
     * @param each what one of them takes, in the signal's unit
     */
    record Known(String source, double requests, double each) implements Held {

        /** What they take together. */
        public double load() {
            return requests * each;
        }
    }

    /** The source can not be read, or does not say. */
    record Unknown(String source, String reason) implements Held {}
}
