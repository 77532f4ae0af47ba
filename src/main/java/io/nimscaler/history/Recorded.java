package io.nimscaler.history;

import io.nimscaler.scaler.Snapshot;

/**
 * One line of a recording.
 *
 * @param number counts the trigger's decisions; a gap to the line before means that some in between were forgotten
 * @param snapshot the decision, with the reading that it was made on
 */
public record Recorded(long number, Snapshot snapshot) {}
