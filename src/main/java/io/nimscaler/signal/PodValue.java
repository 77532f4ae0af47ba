package io.nimscaler.signal;

import java.util.OptionalDouble;

/** The value of one pod, as far as this pod alone can tell it. {@link FleetSignal} makes the final value. */
public sealed interface PodValue {

    /**
     * What a pod observed within the window.
     *
     * @param quiet watched for the whole window it observed nothing
     * @param atWork requests that run or wait now; empty: the engine does not say, or it was not watched for a whole window
     */
    record Observations(Histogram histogram, boolean quiet, OptionalDouble atWork) implements PodValue {

        /** It is known to have had nothing to do, and to have nothing now. */
        boolean isIdle() {
            return quiet && atWork.isPresent() && atWork.getAsDouble() == 0;
        }
    }

    /**
     * What a pod works on.
     *
     * @param kvUsage used share of the KV cache
     * @param running requests it works on; empty: the engine does not say
     * @param waiting requests in its queue; 0 where the engine has no such number
     * @param maxRunning how many it works on at once; empty: the engine does not say
     * @param pace how it worked lately
     */
    record Work(double kvUsage, OptionalDouble running, double waiting, OptionalDouble maxRunning, Pace pace)
            implements PodValue {

        /** The same, as full as it was lately. Of one that does not say what runs only the present is known. */
        Work lately() {
            Pace.Lately lately = pace.lately();
            return running.isEmpty()
                    ? this
                    : new Work(
                            lately.kvUsage(), OptionalDouble.of(lately.running()), lately.waiting(), maxRunning, pace);
        }

        /** The same, which is known to work on so many at once. */
        public Work withMaxRunning(int requests) {
            return new Work(kvUsage, running, waiting, OptionalDouble.of(requests), pace);
        }
    }

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
