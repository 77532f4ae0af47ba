package io.nimscaler.scaler;

/** The three states in which a pod counts ({@code deciding.md}, "Words"). */
public enum PodState {
    SAMPLED,
    MISSING,
    STARTING;

    /** The value of the label {@code state}. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
