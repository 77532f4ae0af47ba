package io.nimscaler.policy;

import java.util.List;
import java.util.OptionalDouble;

/** A reading of the whole fleet at a moment. */
public sealed interface Fleet {

    /**
     * @param readyPods how many the HPA counts as ready
     * @param pods a reading of each; a replica that is wanted and not in our watch yet is one that starts
     * @param newcomers how many of the pods that were read have been ready for less than the signal looks back
     * @param level what the fleet is at, of a signal that does not add up; empty: it adds up, or too little was observed to say
     * @param unserved what is asked of it beside what its pods' values show
     */
    record Known(
            Scale scale, int readyPods, List<PodReading> pods, int newcomers, OptionalDouble level, Unserved unserved)
            implements Fleet {

        public Known {
            pods = List.copyOf(pods);
        }

        /** A fleet of which everything shows in its pods' values. */
        public Known(Scale scale, int readyPods, List<PodReading> pods, int newcomers, OptionalDouble level) {
            this(scale, readyPods, pods, newcomers, level, Unserved.NONE);
        }

        /** The same, whose pods' values add up. */
        public Known(Scale scale, int readyPods, List<PodReading> pods) {
            this(scale, readyPods, pods, 0, OptionalDouble.empty());
        }

        Known withPods(List<PodReading> others) {
            return new Known(scale, readyPods, others, newcomers, level, unserved);
        }
    }

    /** Which pods there are is not known: watch not synced, forbidden, no such scale target. */
    record NotKnown(String reason) implements Fleet {}
}
