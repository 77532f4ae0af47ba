package io.nimscaler.scaler;

import java.util.Locale;

/** What happens to a trigger's replicas at a moment, in one word. The words are the same on the page, in REST, in the metrics and on the dashboard. */
public enum State {
    /** The replicas fit the demand. */
    NORMAL("Normal"),
    /** More replicas are asked for. */
    SCALING_UP("Scaling up"),
    /** Fewer replicas are asked for. */
    SCALING_DOWN("Scaling down"),
    /** The demand needs more replicas than {@code maxReplicaCount}, which are there. */
    AT_MAXIMUM("At maximum"),
    /** The demand needs another number of replicas, and a stabilization window does not allow the change yet. */
    WAITING("Waiting for the window"),
    /** The demand would need fewer replicas, and requests wait or are refused: none is taken away. */
    KEEPING("Keeping: requests wait"),
    /** Too little is known to decide: the replicas are kept. */
    HOLDING("Holding: data missing"),
    /** KEDA gets no value. */
    UNKNOWN("Unknown"),
    /** The trigger's metadata is wrong: there is no decision, and KEDA gets no value. */
    REFUSED("Refused");

    private final String title;

    State(String title) {
        this.title = title;
    }

    /** For people. */
    public String title() {
        return title;
    }

    /** In snake case, as in REST and as the value of the label {@code state}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
