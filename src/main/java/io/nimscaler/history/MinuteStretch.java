package io.nimscaler.history;

import java.util.List;

/**
 * A span of one trigger's minutes under one header.
 *
 * @param minutes in order of time; where the scaler did not run there are none. A minute in which it was started again may be there twice
 */
public record MinuteStretch(MinuteHeader header, List<Minute> minutes) {

    public MinuteStretch {
        minutes = List.copyOf(minutes);
    }
}
