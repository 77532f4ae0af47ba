package io.nimscaler.signal;

import java.util.OptionalInt;

/**
 * What a user may say of a signal besides its name.
 *
 * @param maxRunning how many requests one pod works on at once, for {@link ServingLoad}
 */
public record SignalOptions(OptionalInt maxRunning) {

    /** Nothing said. */
    public static final SignalOptions NONE = new SignalOptions(OptionalInt.empty());
}
