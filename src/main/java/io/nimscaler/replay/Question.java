package io.nimscaler.replay;

import io.nimscaler.hpa.HpaBehavior;
import io.nimscaler.hpa.HpaBehavior.Policy;
import io.nimscaler.hpa.HpaBehavior.Rules;
import io.nimscaler.hpa.HpaBehavior.Select;
import io.nimscaler.hpa.HpaBehavior.Type;
import io.nimscaler.signal.ServingLoad;
import io.nimscaler.trigger.Durations;
import io.nimscaler.trigger.OtherMetadata;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Violation;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * What is asked of a history.
 *
 * @param trigger the other metadata
 * @param settings how the fleet would be scaled
 * @param present how it was, as far as it was said or seen
 * @param maxOverload share of the time that may be overloaded; empty: no more than now
 * @param leastHistory how much must have been observed for an advice
 * @param warnings on the other metadata
 */
public record Question(
        Trigger trigger,
        FleetSettings settings,
        FleetSettings present,
        OptionalDouble maxOverload,
        Duration leastHistory,
        List<String> warnings) {

    private static final int MOST_REPLICAS = 100_000;
    private static final int KEDAS_MOST = 100;
    private static final int MOST_GIVEN = 64;
    private static final double ASSUMED_START_UP = 120;

    /** Fewer may all be unusual. */
    private static final int ENOUGH_REACTIONS = 3;

    /** Behaviour and periods, as they are asked for. */
    private record Hpa(Duration syncPeriod, HpaBehavior behavior, Duration pollingInterval, Duration cooldownPeriod) {}

    public Question {
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads what is asked: keys of the trigger's metadata that the policy goes by, and {@link FleetKey}s.
     *
     * @throws UnusableException with all that is wrong
     */
    public static Question of(FleetHistory history, Map<String, String> given) {
        return new Reading(history, given).question();
    }

    private static final class Reading {

        private final FleetHistory history;
        private final Map<FleetKey, String> values = new EnumMap<>(FleetKey.class);
        private final Map<String, String> metadata = new HashMap<>();
        private final List<Violation> violations = new ArrayList<>();
        private final List<String> assumed = new ArrayList<>();

        Reading(FleetHistory history, Map<String, String> given) {
            this.history = history;
            if (given.size() > MOST_GIVEN) {
                throw new UnusableException("expected at most " + MOST_GIVEN + " keys, got " + given.size());
            }
            given.forEach((key, value) -> FleetKey.of(key)
                    .ifPresentOrElse(known -> values.put(known, value.strip()), () -> metadata.put(key, value)));
        }

        Question question() {
            Optional<ParsedTrigger.Valid> other = trigger();
            int fewest = history.parts().stream().mapToInt(Part::wanted).min().orElse(1);
            int seen = history.parts().stream().mapToInt(Part::wanted).max().orElse(1);
            int presentLeast = history.limits()
                    .map(limits -> Math.min(limits.min(), MOST_REPLICAS))
                    .orElse(Math.max(1, fewest));
            int least = number(FleetKey.MIN_REPLICA_COUNT, 0, MOST_REPLICAS, true)
                    .orElseGet(() -> assumeUnlessRecorded(
                            presentLeast, "minReplicaCount = " + presentLeast + ", the fewest replicas seen"))
                    .intValue();
            int presentMost = history.limits()
                    .map(limits -> Math.min(limits.max(), MOST_REPLICAS))
                    .orElse(Math.max(KEDAS_MOST, Math.max(seen, least)));
            int most = number(FleetKey.MAX_REPLICA_COUNT, 1, MOST_REPLICAS, true)
                    .orElseGet(() ->
                            assumeUnlessRecorded(presentMost, "maxReplicaCount = " + presentMost + ", KEDA's default"))
                    .intValue();
            if (most < least) {
                reject(FleetKey.MAX_REPLICA_COUNT);
            }
            Hpa hpa = new Hpa(
                    duration(
                            FleetKey.SYNC_PERIOD,
                            Duration.ofSeconds(15),
                            Duration.ofSeconds(1),
                            Duration.ofHours(1),
                            true),
                    new HpaBehavior(
                            rules(
                                    FleetKey.UP_WINDOW,
                                    FleetKey.UP_POLICIES,
                                    FleetKey.UP_SELECT,
                                    HpaBehavior.ofDefaults(Duration.ZERO).scaleUp()),
                            rules(
                                    FleetKey.DOWN_WINDOW,
                                    FleetKey.DOWN_POLICIES,
                                    FleetKey.DOWN_SELECT,
                                    HpaBehavior.ofDefaults(Duration.ZERO).scaleDown())),
                    seconds(FleetKey.POLLING_INTERVAL, 30, 1),
                    seconds(FleetKey.COOLDOWN_PERIOD, 300, 0));
            if (!values.containsKey(FleetKey.DOWN_WINDOW)) {
                assumed.add("scaleDown.stabilizationWindowSeconds = 0, as is recommended; Kubernetes' default is 300");
            }
            List<Double> startUps = startUps(hpa);
            double capacity = capacity();
            OptionalDouble price = number(FleetKey.PRICE, 0, 1e6, false).stream()
                    .mapToDouble(Double::doubleValue)
                    .findFirst();
            OptionalDouble overload = number(FleetKey.MAX_OVERLOAD, 0, 1, false).stream()
                    .mapToDouble(Double::doubleValue)
                    .findFirst();
            Duration leastHistory = duration(
                    FleetKey.LEAST_HISTORY, Duration.ofHours(24), Duration.ofMinutes(1), Duration.ofHours(2160), false);
            boolean isLeastRead = violations.stream()
                    .noneMatch(violation -> violation.key().equals(FleetKey.MIN_REPLICA_COUNT.key()));
            if (least == 0 && isLeastRead && history.trigger().waking().source().isEmpty()) {
                violations.add(UnusableException.violation(
                        FleetKey.MIN_REPLICA_COUNT.key(),
                        "0",
                        "1 at least, for the trigger names no wakeSource: without pods nothing would show that there"
                                + " is demand",
                        Optional.empty()));
            }
            if (!violations.isEmpty()) {
                throw UnusableException.of(violations);
            }
            FleetSettings settings = settings(least, most, hpa, startUps, capacity, price);
            FleetSettings present = history.limits().isPresent()
                    ? settings(presentLeast, Math.max(presentLeast, presentMost), hpa, startUps, capacity, price)
                    : settings(Math.min(least, fewest), Math.max(most, seen), hpa, startUps, capacity, price);
            return new Question(
                    other.orElseThrow().trigger(),
                    settings,
                    present,
                    overload,
                    leastHistory,
                    other.orElseThrow().warnings());
        }

        private FleetSettings settings(
                int least, int most, Hpa hpa, List<Double> startUps, double capacity, OptionalDouble price) {
            return new FleetSettings(
                    least,
                    most,
                    hpa.syncPeriod(),
                    hpa.behavior(),
                    hpa.pollingInterval(),
                    hpa.cooldownPeriod(),
                    startUps,
                    capacity,
                    price,
                    assumed);
        }

        private Optional<ParsedTrigger.Valid> trigger() {
            return switch (OtherMetadata.with(history.trigger(), metadata)) {
                case ParsedTrigger.Valid valid -> {
                    if (!valid.trigger().signal().equals(history.trigger().signal())) {
                        violations.add(UnusableException.violation(
                                "metric",
                                metadata.getOrDefault("metric", ""),
                                history.trigger().signal().name()
                                        + " as it was recorded, with its own keys; of another signal a recording of"
                                        + " its own is needed, as a shadow makes one",
                                Optional.empty()));
                    }
                    yield Optional.of(valid);
                }
                case ParsedTrigger.Invalid(List<Violation> wrong) -> {
                    wrong.forEach(violation -> violations.add(withNearest(violation)));
                    yield Optional.empty();
                }
            };
        }

        /** An unknown key may also be meant for the fleet. */
        private static Violation withNearest(Violation violation) {
            return violation.expected().equals("a known key")
                            && violation.nearest().isEmpty()
                    ? new Violation(
                            violation.key(),
                            violation.value(),
                            violation.expected(),
                            FleetKey.nearestTo(violation.key()))
                    : violation;
        }

        private double assumeUnlessRecorded(double value, String words) {
            if (history.limits().isEmpty()) {
                assumed.add(words);
            }
            return value;
        }

        private Optional<Double> number(FleetKey key, double least, double most, boolean whole) {
            String text = values.get(key);
            if (text == null) {
                return Optional.empty();
            }
            if (text.matches(whole ? "[0-9]{1,9}" : "[0-9]{1,12}(\\.[0-9]{1,12})?")) {
                double number = new BigDecimal(text).doubleValue();
                if (number >= least && number <= most) {
                    return Optional.of(number);
                }
            }
            reject(key);
            return Optional.of(least);
        }

        private Duration seconds(FleetKey key, int otherwise, int least) {
            return Duration.ofSeconds(
                    number(key, least, 86_400, true).orElse((double) otherwise).longValue());
        }

        private Duration duration(FleetKey key, Duration otherwise, Duration least, Duration most, boolean whole) {
            String text = values.get(key);
            if (text == null) {
                return otherwise;
            }
            Predicate<Duration> fits = length -> length.compareTo(least) >= 0
                    && length.compareTo(most) <= 0
                    && (!whole || length.toMillis() % 1000 == 0);
            Optional<Duration> given = Durations.parse(text).filter(fits);
            if (given.isEmpty()) {
                reject(key);
            }
            return given.orElse(otherwise);
        }

        private void reject(FleetKey key) {
            violations.add(UnusableException.violation(
                    key.key(), values.getOrDefault(key, ""), key.expected(), Optional.empty()));
        }

        private Rules rules(FleetKey window, FleetKey policies, FleetKey select, Rules defaults) {
            Duration length = Duration.ofSeconds(
                    number(window, 0, 3_600, true).orElse(0.0).longValue());
            List<Policy> own = new ArrayList<>();
            String text = values.get(policies);
            if (text != null) {
                for (String one : text.split("\\+", -1)) {
                    policy(one.strip()).ifPresent(own::add);
                }
                if (own.size() != text.split("\\+", -1).length || own.size() > 10) {
                    reject(policies);
                }
            }
            return new Rules(length, text == null ? defaults.policies() : own, select(select, defaults.select()));
        }

        private static Optional<Policy> policy(String text) {
            if (!text.matches("[1-9][0-9]{0,5}%?/[0-9hms]{1,8}")) {
                return Optional.empty();
            }
            String[] halves = text.split("/", 2);
            boolean percent = halves[0].endsWith("%");
            int value = Integer.parseInt(halves[0].replace("%", ""));
            return Durations.parse(halves[1])
                    .filter(period -> period.toSeconds() >= 1 && period.toSeconds() <= 1_800)
                    .map(period -> new Policy(percent ? Type.PERCENT : Type.PODS, value, period));
        }

        private Select select(FleetKey key, Select otherwise) {
            return switch (values.getOrDefault(key, otherwise.name())) {
                case "Max", "MAX" -> Select.MAX;
                case "Min", "MIN" -> Select.MIN;
                case "Disabled", "DISABLED" -> Select.DISABLED;
                default -> {
                    reject(key);
                    yield otherwise;
                }
            };
        }

        private List<Double> startUps(Hpa hpa) {
            if (values.containsKey(FleetKey.START_UP)) {
                Duration given = duration(FleetKey.START_UP, Duration.ZERO, Duration.ZERO, Duration.ofHours(24), false);
                return List.of(given.toMillis() / 1000.0);
            }
            Optional<List<Double>> reactions = reactions(hpa);
            if (reactions.isPresent()) {
                return reactions.get();
            }
            if (history.startUps().isEmpty()) {
                assumed.add("startUp = 2m: no pod was seen to become ready");
                return List.of(ASSUMED_START_UP);
            }
            return history.startUps();
        }

        /**
         * From what the HPA writes to being ready; empty: too few were seen, or they say nothing that the pods' own start-ups do not. The loop waits
         * for its own syncs: on average half a period, and a second until it sees what is asked for. A load that flickers is asked for anew shortly before
         * a sync, which makes the wait look shorter than it is; no replica is faster than its pod.
         */
        private Optional<List<Double>> reactions(Hpa hpa) {
            if (history.reactions().size() < ENOUGH_REACTIONS) {
                return Optional.empty();
            }
            double sync = (hpa.syncPeriod().toSeconds() + 1) / 2.0
                    + hpa.behavior().scaleUp().stabilizationWindow().toSeconds();
            List<Double> without = history.reactions().stream()
                    .map(took -> Math.max(0, took - sync))
                    .toList();
            return history.startUps().isEmpty() || median(without) > median(history.startUps())
                    ? Optional.of(without)
                    : Optional.empty();
        }

        private static double median(List<Double> seconds) {
            return new StartUps(seconds).median();
        }

        private double capacity() {
            Optional<Double> given = number(FleetKey.REPLICA_CAPACITY, 1e-6, 1e12, false);
            if (given.isPresent()) {
                return given.get();
            }
            if (history.trigger().signal().saturatesAtOne() || history.trigger().signal() instanceof ServingLoad) {
                return 1;
            }
            double highest = history.parts().stream()
                    .filter(part -> part.ready() > 0)
                    .mapToDouble(part -> part.mean() / part.ready())
                    .max()
                    .orElse(0);
            if (highest <= 0) {
                violations.add(UnusableException.violation(
                        FleetKey.REPLICA_CAPACITY.key(),
                        "",
                        "what one replica carries of "
                                + history.trigger().signal().name() + "; no load was seen that would show it",
                        Optional.empty()));
                return 1;
            }
            assumed.add("replicaCapacity = " + Texts.number(highest, 3)
                    + ", the most seen of one replica; it may carry more");
            return highest;
        }
    }
}
