package io.nimscaler.bench;

import java.util.function.IntPredicate;

/**
 * How the pods of a fleet differ, and their sessions.
 *
 * @param slow which pods are slow, by their number from 1 on; pods that come later are numbered on
 * @param times each step of the engine of a slow pod takes so many times as long
 * @param shareOfOneSession of all requests, from 0 to 1; the others have 300 sessions, all alike
 */
record PodsMix(String name, IntPredicate slow, double times, double shareOfOneSession) {

    static final PodsMix ALIKE = new PodsMix("all alike", _ -> false, 1, 0);

    static PodsMix areSlow(String which, IntPredicate slow, double times) {
        return new PodsMix(which + " " + Tables.number(times, 0) + " × as slow", slow, times, 0);
    }

    static PodsMix withOneSessionOf(double share) {
        return new PodsMix("all alike, " + Tables.number(100 * share, 0) + " % of the requests in one session", _ -> false, 1, share);
    }

    Engine engine(int number, Engine engine) {
        return slow.test(number) ? engine.slower(times) : engine;
    }
}
