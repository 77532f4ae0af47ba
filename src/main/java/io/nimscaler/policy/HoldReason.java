package io.nimscaler.policy;

import java.util.Optional;
import java.util.stream.Stream;

/** Why the replicas are kept. */
public enum HoldReason {
    /** Rule 1: all pods are starting. */
    ALL_STARTING("all pods are starting"),
    /** Rule 2: no pod has a fresh sample, not yet for {@code unavailableAfter}. */
    NO_SAMPLES("no pod has a fresh sample"),
    /** The pods answer, and had too little to do within the window for a level: of an idle fleet there is no latency. */
    TOO_FEW_OBSERVATIONS("too few observations"),
    /** Rule 4: what is missing or starting could go either way. */
    UNDECIDED("missing or starting pods could change the result"),
    /** "Time": the windows forbid a change that the present demand asks for, or there is nothing to change. */
    STABILIZATION("the stabilization windows allow no change"),
    /** "Time", restart: the downscale window has not observed its time yet. */
    WINDOW_NOT_FULL("the downscale window is not full yet"),
    /** "Time", steps: about the same load took back the next smaller fleet within the last hour. */
    STEP_TAKEN_BACK("the load took back a step down within the last hour"),
    /** Rule 6: requests wait, which the KV usage does not show. */
    REQUESTS_WAITING("requests wait, and KV usage does not show them"),
    /** Rule 6: requests are refused for lack of capacity. */
    REQUESTS_REFUSED("requests are refused for lack of capacity"),
    /** Rule 6: how many requests wait in front of the fleet is not known. */
    DEMAND_SOURCE_UNKNOWN("the number of requests that wait at the demand source is not known");

    private final String text;

    HoldReason(String text) {
        this.text = text;
    }

    /** For people. */
    public String text() {
        return text;
    }

    /** The value of the label {@code reason}. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** The one with this label; empty: there is none. */
    public static Optional<HoldReason> labelled(String label) {
        return Stream.of(values())
                .filter(reason -> reason.label().equals(label))
                .findFirst();
    }
}
