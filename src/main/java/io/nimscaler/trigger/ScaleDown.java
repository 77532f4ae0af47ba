package io.nimscaler.trigger;

import java.util.Locale;

/** Which pods a scale-down takes, as far as the scaler has a say in it. */
public enum ScaleDown {
    /** Those that Kubernetes chooses. */
    ANY,
    /** Those with the fewest requests: the scaler gives them a low {@code pod-deletion-cost}. */
    IDLEST;

    /** As it is written in trigger metadata. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
