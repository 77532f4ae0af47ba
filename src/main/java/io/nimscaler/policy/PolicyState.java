package io.nimscaler.policy;

import io.nimscaler.window.SlidingExtreme;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * All that a {@link Policy} remembers between two readings. Another policy with this state makes the same decisions from there
 * on.
 *
 * @param previousAt the moment of the reading before; empty: there was none
 * @param noSampleSince since when no pod had a fresh sample; empty: one had
 * @param smoothed the smoothed demand; empty before the first known one
 * @param steps what is known of the steps down, of a signal that {@linkplain io.nimscaler.signal.Signal#stepsDown goes down in steps}
 * @param cuts what was asked for, and whether another writer took it away
 */
public record PolicyState(
        Optional<Instant> previousAt,
        Optional<Instant> noSampleSince,
        OptionalDouble smoothed,
        SlidingExtreme.State upscaleWindow,
        SlidingExtreme.State downscaleWindow,
        Steps.State steps,
        Cuts.State cuts) {}
