package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.PodValue.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request costs the others: learned from the time that a token takes. */
class ServingLoadBatchTest extends WatchedPods {

    @ParameterizedTest
    @CsvSource({"0.01, 0.0005", "0.02, 0.0001", "0.008, 0.0008"})
    void loadIsWhatAPodGeneratesOverWhatItWouldWhenFull(double alone, double perRequest) {
        // Given: half an hour in which the batch comes and goes, and a token takes longer with it
        Watched pod = new Watched();
        PodValue.Work last = pod.read(0, 1, 0, 1, 1);
        for (int i = 0; i < 1800; i++) {
            double running = 30 + 20 * Math.sin(i / 12.0);
            last = pod.read(running / 100, running, 0, running / (alone + perRequest * running), 1);
        }

        // When
        fleet.learn(List.of(last), SECOND);

        // Then
        for (double running : new double[] {10, 30, 60, 90}) {
            double generated = running / (alone + perRequest * running);
            double full = 100 / (alone + perRequest * 100);
            assertThat(load(work(running / 100, running, 0))).isCloseTo(generated / full, within(.08));
        }
    }

    /** After a burst both a few and all slots were seen, and next to nothing between. */
    @ParameterizedTest
    @CsvSource({"0.2, 0.0028", "0.5, 0.0028", "0.8, 0.0028", "0.2, 0.0005", "0.8, 0.0005"})
    void loadIsRightWhereThePodWasEitherFullOrQuiet(double partOfTheTimeFull, double perRequest) {
        Watched pod = new Watched();
        PodValue.Work last = pod.read(0, 1, 0, 1, 1);
        for (int i = 0; i < 900; i++) {
            double running = i % 300 < 300 * partOfTheTimeFull ? 90 : 5;
            last = pod.read(running / 100, running, 0, running / (.01 + perRequest * running), 1);
        }

        fleet.learn(List.of(last), SECOND);

        double full = 100 / (.01 + perRequest * 100);
        for (double running : new double[] {5, 20, 60}) {
            double generated = running / (.01 + perRequest * running);
            assertThat(load(work(running / 100, running, 0))).isCloseTo(generated / full, within(.05));
        }
    }

    /** It shows the cost where the batch goes up and down, and nothing where it does not. */
    @Test
    void podWhoseBatchDoesNotChangeSaysNothingOfWhereTheCostWasSeen() {
        Watched steady = new Watched();
        Watched busy = new Watched();
        List<PodValue> last = List.of();
        for (int i = 0; i < 900; i++) {
            double running = 50 + 25 * Math.sin(i / 12.0);
            last = List.of(
                    steady.read(.1, 5, 0, 5 / (.01 + .0005 * 5), 1),
                    busy.read(.1, running, 0, running / (.01 + .0005 * running), 1));
        }

        fleet.learn(last, SECOND);

        double share = (load(work(.1, 50, 0, 500)) - .1) / (1 - .1);
        assertThat(share).isCloseTo(.0005 * 50 / (.01 + .0005 * 50), within(.05));
    }

    /** It is b · r / t = 0.25 to 0.33 of a token's time while 20 run. */
    @ParameterizedTest(name = "{0} running, a token alone takes {1} s; then {2} running and {3} s")
    @CsvSource({"20, .02, 5, .03", "5, .03, 20, .02"})
    void otherRequestsWhoseTokensTakeLongerDoNotHideTheCostOfTheBatch(
            double running, double alone, double runningThen, double aloneThen) {
        Watched pod = new Watched();
        PodValue.Work last = pod.read(.1, 1, 0, 1, 1);
        for (int i = 0; i < 900; i++) {
            double mean = i < 600 ? running : runningThen;
            double now = mean * (1 + .5 * Math.sin(i / 12.0));
            last = pod.read(.1, now, 0, now / ((i < 600 ? alone : aloneThen) + .0005 * now), 1);
        }

        fleet.aimAt(1, 1);
        fleet.learn(List.of(last), SECOND);

        double share = (load(work(.1, 20, 0, 200)) - .1) / (1 - .1);
        assertThat(share).isBetween(.22, .36);
    }

    /** Polls of more than 5 s make the intervals longer. */
    @ParameterizedTest(name = "a poll each {0} s")
    @ValueSource(ints = {6, 10, 15, 30})
    void costIsMeasuredHoweverRarelyPodsAreRead(int seconds) {
        Watched pod = new Watched(seconds);
        PodValue.Work last = pod.read(0, 1, 0, 1, 1);
        for (int i = 0; i < 1200 / seconds * 6; i++) {
            double running = 30 + 25 * Math.sin(i / 12.0);
            last = pod.read(running / 100, running, 0, running / (.01 + .0005 * running), 1);
        }

        fleet.learn(List.of(last), SECOND);

        double generated = 30 / (.01 + .0005 * 30);
        assertThat(load(work(.3, 30, 0))).isCloseTo(generated / (100 / (.01 + .0005 * 100)), within(.08));
    }

    /** What a token costs lies between two bounds while little was seen of it: a fleet that may be right keeps its size. */
    @Nested
    class LittleKnownCost {

        private double perPod(int scrapes) {
            Watched pod = new Watched();
            PodValue.Work last = pod.read(.1, 16, 0, 740, 1);
            for (int i = 1; i < scrapes; i++) {
                double running = 16 + 6 * Math.sin(i / 12.0);
                last = pod.read(.1, running, 0, running / (.02 + .0001 * running), 1);
            }
            fleet.aimAt(.4, 1);
            fleet.learn(List.of(work(last, 100)), SECOND);
            return load(work(last, 100));
        }

        @Test
        void fleetThatMayBeRightIsHeld() {
            assertThat(perPod(40)).isCloseTo(.4, EXACT);
        }

        @Test
        void fleetWhoseCostIsKnownMayGetSmaller() {
            assertThat(perPod(900)).isBetween(.1, .3);
        }

        @Test
        void costOfWhichNothingWasSeenIsNotKnownToBeNothing() {
            assertThat(perPod(3)).isCloseTo(.4, EXACT);
        }

        /** What runs at the moment of a scrape is chance then, and has no part in the tokens that were generated since the last one. */
        @ParameterizedTest(name = "a poll each {0} s")
        @ValueSource(ints = {2, 5, 15, 30})
        void costOfABatchThatChangesFasterThanItIsReadIsNotKnownToBeNothing(int seconds) {
            Random random = new Random(3);
            Watched pod = new Watched(seconds);
            PodValue.Work last = pod.read(.1, 20, 0, 1000, 1);
            for (int i = 0; i < 1800 / Math.min(10, seconds); i++) {
                last = pod.read(.1, 5 + random.nextInt(31), 0, 1000, 1);
            }
            last = pod.read(.1, 20, 0, 1000, 1);
            fleet.aimAt(.5, 1);
            fleet.learn(List.of(work(last, 100)), SECOND);
            assertThat(load(work(last, 100))).isCloseTo(.5, EXACT);
        }

        /** At most .16 + .6 · (1 − .16): a tenth of a token's time for each of 15 requests. */
        @ParameterizedTest(name = "target {0}: {1}")
        @CsvSource({"0.1, 0.16", "0.5, 0.5", "0.8, 0.664"})
        void costOfAPodThatWasJustSeenIsNotKnown(double target, double expected) {
            PodValue.Work pod = new Work(.16, OptionalDouble.of(15), 0, OptionalDouble.of(100), Pace.UNKNOWN);
            fleet.aimAt(target, 1);
            fleet.learn(List.of(pod), SECOND);
            assertThat(load(pod)).isCloseTo(expected, EXACT);
        }

        /** At a target of 0.80, after 105 s with 15 running requests and no token. */
        private double loadWithoutTokens(double kvUsage, double completedASecond) {
            Watched pod = new Watched(5);
            PodValue.Work last = pod.read(kvUsage, 15, 0, 0, completedASecond);
            for (int i = 0; i < 20; i++) {
                last = pod.read(kvUsage, 15, 0, 0, completedASecond);
            }
            fleet.aimAt(.8, 1);
            fleet.learn(List.of(work(last, 100)), SECOND);
            return load(work(last, 100));
        }

        /** An engine of embeddings has a counter of tokens, and generates none. */
        @Test
        void engineThatGeneratesNoTokensKeepsNoReplicasForIt() {
            assertThat(loadWithoutTokens(.2, 2)).isCloseTo(.2, EXACT);
        }

        /** Its first tokens may be on their way. */
        @Test
        void engineThatCompletesNothingEitherMayStillSayIt() {
            assertThat(loadWithoutTokens(.16, 0)).isCloseTo(.664, EXACT);
        }

        @Test
        void engineThatCountsNoTokensKeepsNoReplicasForIt() {
            Pace watched = TestPace.watched(pace -> {
                pace.completed = 2;
                pace.completedGrown = 20;
            });
            PodValue.Work pod = new Work(.16, OptionalDouble.of(15), 0, OptionalDouble.of(100), watched);
            fleet.aimAt(.8, 1);
            fleet.learn(List.of(pod), SECOND);
            assertThat(load(pod)).isCloseTo(.16, EXACT);
        }
    }

    @Test
    void batchThatNeverChangesTeachesNothingAndAnIdlePodCarriesNothing() {
        Watched pod = new Watched();
        pod.read(200, .4, 24, 0);
        assertThat(load(work(.4, 24, 0))).isCloseTo(.4, within(1e-6));
        assertThat(load(work(0, 0, 0))).isZero();
    }

    @Test
    void whoBeganToWatchFiveMinutesAgoSaysTheSameAsWhoEverDid() {
        // Given
        Watched older = new Watched();
        FleetSignal other = SIGNAL.ofFleet();
        PodSignal younger = SIGNAL.ofPod(Optional.empty());
        Random random = new Random(5);
        for (int i = 0; i < 500; i++) {
            double running = 10 + random.nextInt(50);
            older.read(.1, running, 0, running / (.01 + .0005 * running), 1);
        }

        // When
        PodValue.Work seen = older.read(.1, 10, 0, 500, 1);
        PodValue.Work seenByBoth = seen;
        for (int i = 0; i < 170; i++) {
            double running = 10 + random.nextInt(50);
            seen = older.read(.1, running, 0, running / (.01 + .0005 * running), 1);
            seenByBoth = (Work) ((Measured) younger.read(
                            List.of(
                                    Watched.one("vllm:kv_cache_usage_perc", .1),
                                    Watched.one(
                                            "vllm:num_requests_running",
                                            seen.running().orElseThrow()),
                                    Watched.one("vllm:num_requests_waiting", 0),
                                    Watched.counter("vllm:generation_tokens_total", older.tokens),
                                    Watched.counter("vllm:request_success_total", older.completed)),
                            older.now))
                    .value();
        }
        fleet.learn(List.of(seen), SECOND);
        other.learn(List.of(seenByBoth), SECOND);

        // Then: not the same intervals, but the same five minutes
        assertThat(other.valueOf(work(.1, 30, 0)).orElseThrow()).isCloseTo(load(work(.1, 30, 0)), within(.1));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e4, 1e6, 1e12})
    void tokensThatNoEngineGeneratesSoFastTeachNothing(double jump) {
        Watched pod = new Watched();
        double before = 0;
        for (int i = 0; i < 300; i++) {
            double running = i / 10 % 2 == 0 ? 5 : 15;
            if (i == 203) {
                pod.tokens += jump;
            }
            PodValue.Work read = pod.read(running * .002, running, 0, 100 * running, running / 10);
            PodValue.Work last = work(read, 256);
            fleet.learn(List.of(last), SECOND);
            if (i == 199) {
                before = load(last);
            }
            if (i > 203 && (i - 199) % 20 == 0) {
                assertThat(load(last)).isLessThan(1.5 * before);
            }
        }
    }

    /** Decode as long however many run: how many ran at the moments of the scrapes is chance, and chance is not a cost of the batch. */
    @ParameterizedTest(name = "a poll each {0} s, {1} running for {2} s each")
    @CsvSource({
        "2, 1, 5",
        "2, 1, 2",
        "2, 10, 5",
        "2, 40, 2",
        "5, 10, 5",
        "10, 1, 5",
        "15, 10, 5",
        "30, 10, 5",
        "30, 40, 10",
        "300, 10, 5"
    })
    void decodeThatDoesNotSlowIsNotTakenForOneThatDoes(int poll, double meanRunning, double life) {
        Random random = new Random(7);
        int pods = 10;
        List<Watched> watched = new ArrayList<>();
        List<SimulatedPod> simulated = new ArrayList<>();
        for (int i = 0; i < pods; i++) {
            watched.add(new Watched(poll));
            simulated.add(new SimulatedPod(random, 100));
        }
        int polls = Math.max(900 / poll, 60);
        int steps = Math.max(20, poll * 4);
        double step = (double) poll / steps;
        double now = 0;
        double sum = 0;
        for (int at = 0; at < polls; at++) {
            for (int i = 0; i < steps; i++) {
                now += step;
                for (SimulatedPod pod : simulated) {
                    pod.pass(now, step, meanRunning / life, life);
                }
            }
            List<PodValue> read = new ArrayList<>();
            for (int pod = 0; pod < pods; pod++) {
                read.add(watched.get(pod).read(simulated.get(pod)));
            }
            fleet.learn(read, Duration.ofSeconds(poll));
            if (at >= polls / 2) {
                sum += read.stream().mapToDouble(this::load).sum();
            }
        }
        double truth = pods * meanRunning / 256;
        assertThat(sum / (polls - polls / 2)).isLessThan(1.3 * truth);
    }
}
