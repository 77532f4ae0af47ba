package io.nimscaler.replay;

import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.trigger.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Histories of a fleet on paper: days with a night each, and noise; for tests and measurements. */
final class Days {

    static final long BEGAN = 1_767_225_600;
    static final TriggerId ID = new TriggerId(new ScaledObjectId("ns", "llm"), "gpu_cache_usage_perc");

    private Days() {}

    /** Minutes of a demand between 1 and 7 replicas full, carried by a fleet of ten. */
    static FleetHistory of(Trigger trigger, int days, long seed) {
        return new FleetHistory(ID, trigger, Optional.empty(), minutes(days, seed), List.of(100.0, 120.0, 150.0));
    }

    static List<Part> minutes(int days, long seed) {
        Random random = new Random(seed);
        List<Part> parts = new ArrayList<>();
        for (int minute = 0; minute < days * 1440; minute++) {
            double mean = (4 - 3 * Math.cos(2 * Math.PI * minute / 1440)) * Math.exp(.05 * random.nextGaussian());
            double swing = mean * .1 * random.nextDouble();
            parts.add(new Part(
                    BEGAN + minute * 60L,
                    60,
                    mean - swing,
                    mean,
                    mean + swing,
                    false,
                    minute == 0 ? 1 : 10,
                    10,
                    10,
                    0));
        }
        return parts;
    }
}
