package io.nimscaler.replay;

import io.nimscaler.trigger.Triggers;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Map;

/**
 * Seconds and memory of a fortnight replayed, and of an advice on one; run by hand: {@code java … io.nimscaler.replay.ReplayMeasurement
 * [TRIGGERS]}.
 */
final class ReplayMeasurement {

    private ReplayMeasurement() {}

    public static void main(String[] arguments) {
        int triggers = arguments.length == 0 ? 100 : Integer.parseInt(arguments[0]);
        long began = System.nanoTime();
        for (int i = 0; i < triggers; i++) {
            FleetHistory history = Days.of(Triggers.with(), 14, i);
            WhatIf answer = WhatIf.of(history, Question.of(history, Map.of("targetValue", "0.8")), Stop.never());
            if (i == 0) {
                System.out.printf(
                        Locale.ROOT,
                        "was %.0f present %.0f %.4f other %.0f %.4f perfect %.0f%n",
                        answer.was().replicaHours(),
                        answer.present().outcome().replicaHours(),
                        answer.present().outcome().overloadedTime(),
                        answer.other().outcome().replicaHours(),
                        answer.other().outcome().overloadedTime(),
                        answer.perfect().replicaHours());
            }
        }
        double replayed = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9;
        FleetHistory fortnight = Days.of(Triggers.with(), 14, 1);
        Advice advice = Advice.of(fortnight, Question.of(fortnight, Map.of()), Stop.never());
        System.out.printf(
                Locale.ROOT,
                "advice on one of 14 days, %d settings: %.1f s of a core%n",
                advice.tried().size(),
                ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9 - replayed);
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        System.out.printf(
                Locale.ROOT,
                "%d triggers of 14 days: %.1f s of a core, %.1f s by the clock, heap %d MB%n",
                triggers,
                replayed,
                (System.nanoTime() - began) / 1e9,
                (runtime.totalMemory() - runtime.freeMemory()) >> 20);
    }
}
