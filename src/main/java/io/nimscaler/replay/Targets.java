package io.nimscaler.replay;

import io.nimscaler.trigger.Trigger;
import java.math.BigDecimal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which target values are tried. */
final class Targets {

    private static final List<String> OF_RATIO =
            List.of("0.4", "0.5", "0.6", "0.65", "0.7", "0.75", "0.8", "0.85", "0.9");
    private static final List<Double> FACTORS = List.of(.5, .6, .7, .8, .9, 1.0, 1.1, 1.2, 1.35, 1.5);

    private Targets() {}

    /** Around the present one, which is the first. */
    static Set<String> around(Trigger trigger, String present) {
        double target = trigger.target().value();
        Set<String> targets = new LinkedHashSet<>();
        targets.add(present);
        if (trigger.signal().highestTarget() <= 10) {
            targets.addAll(OF_RATIO);
        } else {
            FACTORS.forEach(factor -> targets.add(threeDecimals(target * factor)));
        }
        return targets;
    }

    private static String threeDecimals(double value) {
        return BigDecimal.valueOf(Math.max(10, Math.round(value * 1000)), 3)
                .stripTrailingZeros()
                .toPlainString();
    }
}
