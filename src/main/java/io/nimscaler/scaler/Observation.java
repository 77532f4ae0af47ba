package io.nimscaler.scaler;

import io.nimscaler.policy.Scale;
import io.nimscaler.trigger.Printable;
import java.util.List;

/** What a cluster says about the scale target of a ScaledObject at this moment. */
public sealed interface Observation {

    /**
     * @param readyPods how many the HPA multiplies a value per pod by: running and ready ones of the scale target's own
     *     selector, terminating ones included
     * @param pods neither finished nor terminating ones
     */
    record Known(Scale scale, int readyPods, List<Pod> pods) implements Observation {

        public Known {
            pods = List.copyOf(pods);
        }
    }

    /** Why nothing is known goes into each decision, the log and the history, and may quote what others wrote. */
    int LONGEST_REASON = 600;

    /** Not synced yet, forbidden, no such scale target. */
    record NotKnown(String reason) implements Observation {

        public NotKnown {
            reason = Printable.of(reason, LONGEST_REASON);
        }
    }

    /** There is no room for its pods, so nothing is kept of them. */
    record NoRoom(String reason) implements Observation {

        public NoRoom {
            reason = Printable.of(reason, LONGEST_REASON);
        }
    }

    /**
     * There is no such ScaledObject, for certain.
     *
     * @param reason says what there is instead, if anything
     */
    record Absent(String reason) implements Observation {

        public Absent {
            reason = Printable.of(reason, LONGEST_REASON);
        }
    }
}
