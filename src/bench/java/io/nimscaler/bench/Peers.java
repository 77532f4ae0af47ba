package io.nimscaler.bench;

import io.nimscaler.hpa.HpaBehavior;
import io.nimscaler.hpa.HpaFormula;
import io.nimscaler.hpa.HpaModel;
import io.nimscaler.hpa.MetricType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The rules that others recommend, from their documentation. What they read is what Prometheus scraped of the ready pods every 15 s; the
 * HPA is Kubernetes' with its defaults unless their documentation sets another.
 */
final class Peers {

    private static final HpaFormula FORMULA = new HpaFormula(.1);

    private Peers() {}

    /** What an HPA gets of one metric. */
    private record Metric(MetricType type, double target, ToDoubleFunction<List<Reading>> value) {}

    /** One pod as Prometheus saw it. */
    record Reading(double kvUsage, int running, int waiting) {}

    /** KV usage summed under AverageValue: what adds up, without a queue (kserve, keda: external Prometheus metric). */
    static Autoscaler kvSum(double target) {
        return new ByHpa(300, new Metric(MetricType.AVERAGE_VALUE, target, Peers::kvSum));
    }

    /** NVIDIA's NIM Operator and Helm chart: an HPA on the average {@code gpu_cache_usage_perc}, 0.5 in its examples. */
    static Autoscaler kvAverage(double target) {
        return new ByHpa(300, new Metric(MetricType.VALUE, target, readings -> kvSum(readings) / Math.max(1, readings.size())));
    }

    /** The vLLM production stack: KEDA on {@code vllm:num_requests_waiting}, threshold 5. */
    static Autoscaler queue(double target) {
        return new ByHpa(300, new Metric(MetricType.AVERAGE_VALUE, target, Peers::waiting));
    }

    /** Two triggers side by side, of which the HPA takes the larger one. */
    static Autoscaler kvAndQueue(double kvTarget, double queueTarget) {
        return new ByHpa(
                300,
                new Metric(MetricType.VALUE, kvTarget, readings -> kvSum(readings) / Math.max(1, readings.size())),
                new Metric(MetricType.AVERAGE_VALUE, queueTarget, Peers::waiting));
    }

    /**
     * The inference gateway: its pool's saturation (the mean of max(waiting / 5, KV usage / 0.8)), and requests running per pod, 16 in its
     * example.
     */
    static Autoscaler poolSaturation(double saturationTarget, double runningTarget) {
        return new ByHpa(
                300,
                new Metric(MetricType.VALUE, saturationTarget, readings -> readings.stream()
                        .mapToDouble(pod -> Math.max(pod.waiting() / 5.0, pod.kvUsage() / .8))
                        .average()
                        .orElse(0)),
                new Metric(MetricType.AVERAGE_VALUE, runningTarget, readings ->
                        readings.stream().mapToDouble(Reading::running).sum()));
    }

    private static double kvSum(List<Reading> readings) {
        return readings.stream().mapToDouble(Reading::kvUsage).sum();
    }

    private static double waiting(List<Reading> readings) {
        return readings.stream().mapToDouble(Reading::waiting).sum();
    }

    private static List<Reading> scrape(Fleet fleet) {
        List<Reading> readings = new ArrayList<>();
        for (Replica replica : fleet.replicas()) {
            if (replica.isReady(fleet.now())) {
                readings.add(new Reading(replica.kvUsage(), replica.running.size(), replica.waiting.size()));
            }
        }
        return readings;
    }

    private static Instant instant(double seconds) {
        return Instant.EPOCH.plusMillis(Math.round(seconds * 1000));
    }

    private static final class ByHpa implements Autoscaler {

        private final List<Metric> metrics;
        private final List<HpaModel> formulas;
        private final HpaModel hpa;
        private List<Reading> scraped = List.of();
        private double scrapeDue = 7;

        ByHpa(int downscaleWindowSeconds, Metric... metrics) {
            this.metrics = List.of(metrics);
            HpaBehavior behavior = HpaBehavior.ofDefaults(Duration.ofSeconds(downscaleWindowSeconds));
            this.formulas = this.metrics.stream()
                    .map(metric -> new HpaModel(FORMULA, metric.type(), 1, Cell.MAX_REPLICAS, behavior))
                    .toList();
            this.hpa = new HpaModel(FORMULA, MetricType.VALUE, 1, Cell.MAX_REPLICAS, behavior);
        }

        @Override
        public void tick(Fleet fleet) {
            if (fleet.now() >= scrapeDue) {
                scraped = scrape(fleet);
                scrapeDue += 15;
            }
        }

        @Override
        public int sync(Fleet fleet) {
            int ready = (int) fleet.replicas().stream()
                    .filter(replica -> replica.isReady(fleet.now()))
                    .count();
            long wanted = 0;
            for (int i = 0; i < metrics.size(); i++) {
                Metric metric = metrics.get(i);
                long milli = Math.round(metric.value().applyAsDouble(scraped) * 1000);
                long target = Math.round(metric.target() * 1000);
                wanted = Math.max(
                        wanted,
                        formulas.get(i).desired(milli, target, fleet.spec(), fleet.replicas().size(), ready));
            }
            return hpa.settle(wanted, fleet.spec(), instant(fleet.now()));
        }
    }

    /**
     * The workload-variant autoscaler's saturation mode: one replica more where the spare room of the pods that are not saturated (KV
     * usage 0.8, 5 waiting) is below the thresholds, one less where it would still be above them; nothing while a replica is starting.
     */
    static Autoscaler oneByOne(double spareKv, double spareQueue) {
        return new Autoscaler() {
            private List<Reading> scraped = List.of();
            private double scrapeDue = 7;

            @Override
            public void tick(Fleet fleet) {
                if (fleet.now() >= scrapeDue) {
                    scraped = scrape(fleet);
                    scrapeDue += 15;
                }
            }

            @Override
            public int sync(Fleet fleet) {
                boolean settled = fleet.replicas().stream().allMatch(replica -> replica.isReady(fleet.now()));
                boolean due = Math.floorMod(Math.round(fleet.now()), 60) < Course.SLOT_SECONDS;
                if (!settled || !due || scraped.isEmpty()) {
                    return fleet.spec();
                }
                List<Reading> open = scraped.stream()
                        .filter(pod -> pod.kvUsage() < .8 && pod.waiting() < 5)
                        .toList();
                double kv = open.stream().mapToDouble(Reading::kvUsage).sum();
                double waiting = open.stream().mapToDouble(Reading::waiting).sum();
                int pods = open.size();
                if (pods == 0 || .8 - kv / pods < spareKv || 5 - waiting / pods < spareQueue) {
                    return fleet.spec() + 1;
                }
                boolean allOpen = pods == scraped.size() && pods > 1;
                boolean spareAfter = .8 - kv / (pods - 1) >= spareKv && 5 - waiting / (pods - 1) >= spareQueue;
                return allOpen && spareAfter ? fleet.spec() - 1 : fleet.spec();
            }
        };
    }

    static Autoscaler fixed(int replicas) {
        return _ -> replicas;
    }

    /** Knows the load of this moment: up at once, down when nothing of the last five minutes needed more. */
    static Autoscaler perfectReaction(Load load) {
        return fleet -> {
            double most = 0;
            for (double back = 0; back <= 300; back += Course.SLOT_SECONDS) {
                most = Math.max(most, load.at().applyAsDouble(Math.max(0, fleet.now() - back)));
            }
            return needed(most * (1 + 1.5 * load.burstiness()));
        };
    }

    /** Knows the load from now until a pod that is ordered now has been ready for a minute. */
    static Autoscaler perfectForesight(Load load, double startUpSeconds) {
        return fleet -> {
            double most = 0;
            for (double ahead = 0; ahead <= 1.4 * startUpSeconds + 60; ahead += Course.SLOT_SECONDS) {
                most = Math.max(most, load.at().applyAsDouble(Math.min(load.seconds(), fleet.now() + ahead)));
            }
            return needed(most * (1 + 1.5 * load.burstiness()));
        };
    }

    /** Replicas for a load in replicas' worth, with room for noise. */
    static int needed(double load) {
        return (int) Math.max(1, Math.ceil(load * 1.05 - 1e-9));
    }
}
