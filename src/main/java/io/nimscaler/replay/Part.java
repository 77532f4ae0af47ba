package io.nimscaler.replay;

/**
 * A part of a fleet's history, in whole seconds, of which it is known what the fleet carried. What lies between two parts is not known.
 *
 * @param from seconds since 1970
 * @param seconds how long it lasts, at least 1
 * @param lowest demand in the part, in the signal's unit: what the pods carried plus what waited
 * @param mean of the part
 * @param highest in the part
 * @param saturated whether the pods were so full that they may have shown less than there was: the demand is then these values at least
 * @param wanted replicas
 * @param present replicas, the starting among them: what is paid for
 * @param ready replicas, as present ones on average of the part
 * @param rise by how much the demand grows over the part beside its ups and downs; negative: it falls
 */
public record Part(
        long from,
        int seconds,
        double lowest,
        double mean,
        double highest,
        boolean saturated,
        int wanted,
        double present,
        double ready,
        double rise) {

    public Part {
        if (seconds < 1) {
            throw new IllegalArgumentException("seconds = " + seconds + ", must be at least 1");
        }
        if (!(lowest <= mean && mean <= highest && lowest >= 0 && highest < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("lowest = " + lowest + ", mean = " + mean + ", highest = " + highest
                    + ": expected finite ones in this order, from 0");
        }
    }

    /** One of a demand that does not change. */
    static Part steady(
            long from, int seconds, double demand, boolean saturated, int wanted, double present, double ready) {
        return new Part(from, seconds, demand, demand, demand, saturated, wanted, present, ready, 0);
    }

    /** The same with so much demand throughout, where it had less. */
    Part atLeast(double demand) {
        return new Part(
                from,
                seconds,
                Math.max(lowest, demand),
                Math.max(mean, demand),
                Math.max(highest, demand),
                saturated,
                wanted,
                present,
                ready,
                rise);
    }

    /** The same with a demand that grows by so much over the part. */
    Part rising(double by) {
        return new Part(from, seconds, lowest, mean, highest, saturated, wanted, present, ready, by);
    }

    long until() {
        return from + seconds;
    }

    /**
     * The demand of one second of the part. Where it is longer than a second only three numbers are known of it: it then goes from the lowest to
     * the highest where the demand rises, and from the highest to the lowest where it falls, in two straight lines that make the mean right;
     * one way and the other in turn where it does neither.
     *
     * @param second 0 to {@code seconds} - 1
     */
    double at(int second) {
        if (highest == lowest) {
            return mean;
        }
        double part = (second + .5) / seconds;
        boolean rises = rise == 0 ? from / seconds % 2 == 0 : rise > 0;
        double along = rises ? part : 1 - part;
        double middle = (4 * mean - lowest - highest) / 2;
        if (middle < lowest) {
            double ramp = 2 * (mean - lowest) / (highest - lowest);
            return along < 1 - ramp ? lowest : lowest + (highest - lowest) * (along - 1 + ramp) / ramp;
        }
        if (middle > highest) {
            double ramp = 2 * (highest - mean) / (highest - lowest);
            return along > ramp ? highest : lowest + (highest - lowest) * along / ramp;
        }
        return along < .5 ? lowest + 2 * along * (middle - lowest) : middle + 2 * (along - .5) * (highest - middle);
    }
}
