package io.nimscaler.policy;

import java.util.List;

/** A reading of the whole fleet at a moment. */
public sealed interface Fleet {

    /**
     * @param readyPods how many the HPA counts as ready
     * @param pods a reading of each; a replica that is wanted and not in our watch yet is one that starts
     */
    record Known(Scale scale, int readyPods, List<PodReading> pods) implements Fleet {

        public Known {
            pods = List.copyOf(pods);
        }
    }

    /** Which pods there are is not known: watch not synced, forbidden, no such scale target. */
    record NotKnown(String reason) implements Fleet {}
}
