package io.nimscaler.scaler;

import io.nimscaler.poll.Problem;
import io.nimscaler.signal.Sample;
import java.util.Optional;

/**
 * One pod as a scaler sees it.
 *
 * @param sample its last sample, however old
 * @param problem what is wrong with its last scrape; empty while all is well
 */
public record PodStatus(
        String name, Optional<String> address, PodState state, Optional<Sample> sample, Optional<Problem> problem) {}
