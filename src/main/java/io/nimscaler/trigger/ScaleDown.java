package io.nimscaler.trigger;

import java.util.Locale;

/** Which pods a scale-down removes, as far as the scaler can influence it. */
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
