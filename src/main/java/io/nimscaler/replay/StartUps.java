package io.nimscaler.replay;

import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;

/** How long pods take to become ready: drawn from what was measured, with a seed, so that the same question has the same answer. */
final class StartUps implements DoubleSupplier {

    private final List<Double> seconds;
    private final Random random = new Random(7);

    /**
     * @param seconds at least one
     */
    StartUps(List<Double> seconds) {
        this.seconds = seconds.stream().sorted().toList();
    }

    @Override
    public double getAsDouble() {
        return seconds.get(random.nextInt(seconds.size()));
    }

    double median() {
        return seconds.get(seconds.size() / 2);
    }
}
