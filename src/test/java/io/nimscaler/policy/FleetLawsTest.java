package io.nimscaler.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.hpa.HpaFormula;
import io.nimscaler.policy.PodReading.Missing;
import io.nimscaler.policy.PodReading.Quiet;
import io.nimscaler.policy.PodReading.Sampled;
import io.nimscaler.policy.PodReading.Starting;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The laws of {@code deciding.md} over random fleets: 300 seeds of 1,000 fleets each. */
class FleetLawsTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int FLEETS = 1000;
    private static final Trigger SUM = Triggers.immediate();
    private static final Trigger LEVEL = Triggers.immediate("metric", "nv_gpu_utilization");
    private static final List<Trigger> TRIGGERS = Stream.of("sum", "average", "max")
            .flatMap(type -> IntStream.rangeClosed(1, 9)
                    .boxed()
                    .flatMap(tenths -> Stream.of(
                                    "gpu_cache_usage_perc",
                                    "serving_load",
                                    "rate(x_total)",
                                    "nv_gpu_utilization",
                                    "e2e_request_latency_seconds")
                            .map(metric -> Triggers.immediate(
                                    "metric", metric, "aggregationType", type, "targetValue", "0." + tenths))))
            .toList();

    static IntStream seeds() {
        return IntStream.range(0, 300);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatTheHpaEndsWithIsMonotoneInEveryPodsValue(int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < FLEETS; i++) {
            Trigger trigger = randomTrigger(random);
            Fleet.Known fleet = randomFleet(random, true);
            int pod = random.nextInt(fleet.pods().size());
            Fleet.Known busier = withPod(fleet, pod, busier(fleet.pods().get(pod), random));
            assertThat(replicas(busier, trigger))
                    .as(
                            "%s of T = %s: pod %d of %s busier: %s",
                            trigger.aggregationType(), trigger.target().value(), pod, fleet, busier)
                    .isGreaterThanOrEqualTo(replicas(fleet, trigger));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void withAllPodsSampledItIsTheHpasOwnAnswerToTheirTotal(int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < FLEETS; i++) {
            Trigger trigger = oneOf(random, SUM, LEVEL);
            Fleet.Known fleet = allSampled(randomFleet(random, false));
            // Where nothing is missing and each replica has a pod, the total and level · S are the same
            double total = fleet.pods().stream()
                    .mapToDouble(pod -> ((Sampled) pod).value())
                    .sum();
            long own = new HpaFormula(.1)
                    .averageValue(Math.round(total * 1000), 700, fleet.scale().status());
            assertThat(replicas(fleet, trigger)).as("%s", fleet).isEqualTo(own);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void missingOrStartingPodAloneNeverMovesItBeyondWhatLoOrHiAsksFor(int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < FLEETS; i++) {
            Trigger trigger = oneOf(random, SUM, LEVEL);
            Fleet.Known fleet = randomFleet(random, false);
            double atLeast = 0;
            double atMost = 0;
            for (PodReading pod : fleet.pods()) {
                switch (pod) {
                    case Sampled(double value) -> {
                        atLeast += value;
                        atMost += value;
                    }
                    case Missing(OptionalDouble last, Duration _) -> {
                        // One that was saturated a moment ago is not empty
                        atLeast += last.orElse(0) >= .7 ? .7 : 0;
                        atMost += Math.max(.7, last.orElse(.7));
                    }
                    case Starting _, Quiet _ -> {}
                }
            }
            int spec = fleet.scale().spec();
            if (!trigger.signal().isAdditive()) {
                double level = fleet.level().orElse(0);
                long saturated = fleet.pods().stream()
                        .filter(pod -> pod instanceof Missing(OptionalDouble last, Duration _) && last.orElse(0) >= .7)
                        .count();
                long missing =
                        fleet.pods().stream().filter(Missing.class::isInstance).count();
                long sampled =
                        fleet.pods().stream().filter(Sampled.class::isInstance).count();
                atLeast = (level * sampled + .7 * saturated) / fleet.pods().size() * spec;
                atMost = missing > 0 ? .7 * spec : level * spec;
            }
            long byAtLeast = (long) Math.ceil(Math.rint(atLeast * 1000) / 700);
            long byAtMost = (long) Math.ceil(Math.rint(atMost * 1000) / 700);
            assertThat(replicas(fleet, trigger))
                    .as("%s: at least %s, at most %s", fleet, atLeast, atMost)
                    .isBetween(Math.min(spec, byAtMost), Math.max(spec, byAtLeast));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void missingPodCountsOnTheWayDownAtLeastAsIfPresentAtTargetOrItsLastSample(int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < FLEETS; i++) {
            Trigger trigger = oneOf(random, SUM, LEVEL);
            Fleet.Known fleet = withPod(randomFleet(random, false), 0, Fleets.missing(random.nextDouble()));
            double last = ((Missing) fleet.pods().getFirst()).lastValue().orElseThrow();
            Fleet.Known present = withPod(fleet, 0, new Sampled(Math.max(.7, last)));
            long spec = fleet.scale().spec();
            long withMissing = replicas(fleet, trigger);
            assertThat(withMissing).as("%s", fleet).isGreaterThanOrEqualTo(Math.min(spec, replicas(present, trigger)));
            if (withMissing > spec) {
                // It orders none by itself: 0, or T where it was there or above a moment ago
                Fleet.Known atLeast = withPod(fleet, 0, new Sampled(last >= .7 ? .7 : 0));
                assertThat(withMissing).as("%s", fleet).isEqualTo(replicas(atLeast, trigger));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void answerIsNeverNegativeNorBeyondWhatADoubleCarriesExactly(int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < FLEETS; i++) {
            Trigger trigger = randomTrigger(random);
            Fleet.Known fleet = randomFleet(random, true);
            Decision decision = new Policy(trigger).decide(fleet, START);
            if (new Answers(trigger).value(decision, fleet.scale()) instanceof Answer.Value(long milli)) {
                assertThat(milli).isBetween(0L, 1L << 50);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void levelNeverShrinksAFleetOfWhichAPodIsMissing(int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < FLEETS; i++) {
            String type = List.of("sum", "average", "max").get(random.nextInt(3));
            Trigger trigger = Triggers.immediate("metric", "nv_gpu_utilization", "aggregationType", type);
            Fleet.Known fleet = withPod(randomFleet(random, false), 0, Fleets.missing(random.nextDouble()));
            assertThat(replicas(fleet, trigger))
                    .as("%s of %s", type, fleet)
                    .isGreaterThanOrEqualTo(fleet.scale().spec());
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void loadingCreditOnlyEverOrdersLess(int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < FLEETS; i++) {
            String metric = oneOf(random, "serving_load", "nv_gpu_utilization");
            Trigger with = Triggers.immediate("metric", metric, "loadingCredit", "true");
            Fleet.Known fleet = randomFleet(random, true);
            long without = replicas(fleet, Triggers.immediate("metric", metric));
            long spec = fleet.scale().spec();
            assertThat(replicas(fleet, with))
                    .as("%s", fleet)
                    .isBetween(Math.min(spec, without), without)
                    .isGreaterThanOrEqualTo(without <= spec ? without : spec);
            int pod = random.nextInt(fleet.pods().size());
            Fleet.Known busier = withPod(fleet, pod, busier(fleet.pods().get(pod), random));
            assertThat(replicas(busier, with)).isGreaterThanOrEqualTo(replicas(fleet, with));
        }
    }

    @SafeVarargs
    private static <T> T oneOf(Random random, T... all) {
        return all[random.nextInt(all.length)];
    }

    private static long replicas(Fleet.Known fleet, Trigger trigger) {
        return Fleets.hpaEndsAt(new Policy(trigger).decide(fleet, START), trigger);
    }

    private static Trigger randomTrigger(Random random) {
        return TRIGGERS.get(random.nextInt(TRIGGERS.size()));
    }

    /** Of spec = status; a reading for each replica, sometimes for some more or fewer of them. */
    private static Fleet.Known randomFleet(Random random, boolean stuckToo) {
        int spec = 1 + random.nextInt(12);
        int number = Math.max(1, spec + (random.nextInt(4) == 0 ? random.nextInt(5) - 2 : 0));
        double level = random.nextDouble();
        List<PodReading> pods = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            pods.add(randomPod(random, level, stuckToo));
        }
        for (int i = number; i < spec; i++) {
            pods.add(Fleets.starting());
        }
        return Fleets.fleet(spec, pods);
    }

    private static PodReading randomPod(Random random, double level, boolean stuckToo) {
        double value = Math.min(1, Math.max(0, level + random.nextGaussian() * .15));
        Duration age = stuckToo ? Duration.ofMinutes(random.nextInt(30)) : Duration.ofSeconds(1);
        return switch (random.nextInt(6)) {
            case 0 -> new Missing(random.nextInt(4) == 0 ? OptionalDouble.empty() : OptionalDouble.of(value), age);
            case 1 -> new Starting(age, random.nextBoolean());
            default -> new Sampled(value);
        };
    }

    private static PodReading busier(PodReading pod, Random random) {
        double more = random.nextDouble() * .5;
        return switch (pod) {
            case Sampled(double value) -> new Sampled(value + more);
            case Missing(OptionalDouble last, Duration missingFor) ->
                last.isPresent() ? new Missing(OptionalDouble.of(last.getAsDouble() + more), missingFor) : pod;
            case Starting _, Quiet _ -> pod;
        };
    }

    private static Fleet.Known withPod(Fleet.Known fleet, int index, PodReading pod) {
        List<PodReading> pods = new ArrayList<>(fleet.pods());
        pods.set(index, pod);
        // Readiness does not change with what a pod answers
        return new Fleet.Known(fleet.scale(), fleet.readyPods(), pods, 0, Fleets.level(pods));
    }

    private static Fleet.Known allSampled(Fleet.Known fleet) {
        Random random = new Random(fleet.hashCode());
        List<Sampled> pods = IntStream.range(0, fleet.scale().spec())
                .mapToObj(_ -> new Sampled(Math.rint(random.nextDouble() * 1000) / 1000))
                .toList();
        return Fleets.fleet(fleet.scale().spec(), pods);
    }
}
