package io.nimscaler.bench;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What one replica of a fleet of eight carries: the most requests a second of which 99 % are admitted within 2 s. */
final class Capacity {

    private static final int REPLICAS = 8;
    private static final Map<String, Double> FOUND = new ConcurrentHashMap<>();

    private Capacity() {}

    static double of(Engine engine) {
        return FOUND.computeIfAbsent(engine.name(), _ -> search(engine));
    }

    private static double search(Engine engine) {
        double low = .01;
        double high = 60;
        while (high / low > 1.01) {
            double middle = Math.sqrt(low * high);
            if (isCarried(engine, middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static boolean isCarried(Engine engine, double perReplica) {
        Load load = new Load("capacity", 3600, _ -> REPLICAS * perReplica, 0);
        Course course = new Cell(engine, load, Router.LEAST_LOADED, 60, 900).run(_ -> REPLICAS, REPLICAS, 1, 7);
        return course.outcome(900).onTimePercent() >= 99;
    }
}
