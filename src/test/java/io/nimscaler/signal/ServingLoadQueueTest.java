package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.PodValue.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The queue as a flow: what it asks for while it stands, grows and falls. */
class ServingLoadQueueTest extends WatchedPods {

    @Test
    void queueThatStandsAsksForWhatWorksItOffWithinFiveMinutes() {
        // Given: a full pod, 1 / s completed, 600 in the queue
        Watched pod = new Watched();

        // When
        PodValue.Work last = pod.read(60, .98, 10, 600);

        // Then: 2 / s are twice what it completes, less a quarter of what it does
        assertThat(load(last)).isCloseTo(1 + 2 - .25, within(.01));
    }

    /** Their queue grew by what the new pod does now: 1 full pod and 1 / s of growth that the newcomer takes, and not two of growth. */
    @Test
    void queueThatGrewBeforeTheNewestPodCameIsNotWhatGrowsNow() {
        // Given: a full pod that completes 1 / s while its queue grows by 1 / s
        Watched old = new Watched();
        PodValue.Work first = old.read(.98, 10, 0, 1000, 1);
        for (int i = 1; i < 60; i++) {
            first = old.read(.98, 10, 2 * i, 1000, 1);
        }
        fleet.aimAt(.8, 2);
        fleet.learn(List.of(first), SECOND);
        double alone = load(first);

        // When: another one came 12 s ago, and is full as well
        Watched young = new Watched();
        PodValue.Work second = young.read(.98, 10, 2, 1000, 1);
        for (int i = 1; i < 7; i++) {
            second = young.read(.98, 10, 2, 1000, 1);
        }
        fleet.learn(List.of(first, second), SECOND);

        // Then
        assertThat(alone).isCloseTo(1 + 1 + .2, within(.1));
        assertThat(load(first) + load(second)).isBetween(1.9, 2.45);
    }

    /** As while a fleet changes to an engine that counts tokens: the pods of the other are not the newest. */
    @Test
    void queueOfANewPodDoesNotGrowByPodsThatWereWatchedForLonger() {
        Watched old = new Watched();
        double completed = 0;
        PodValue.Work first = old.read(.98, 10, 0, Watched.counter("vllm:request_success_total", completed));
        for (int i = 1; i < 60; i++) {
            completed += 2;
            first = old.read(.98, 10, 0, Watched.counter("vllm:request_success_total", completed));
        }
        Watched young = new Watched();
        PodValue.Work second = young.read(.98, 10, 0, 1000, 1);
        for (int i = 1; i < 10; i++) {
            second = young.read(.98, 10, i, 1000, 1);
        }
        fleet.aimAt(.8, 2);
        fleet.learn(List.of(first, second), SECOND);

        assertThat(load(second)).isCloseTo(.98 + .5, within(.1));
    }

    /** It reads the prompts of all that it takes at once: for half a minute it generates half as much, and 40 wait at its end. */
    @Test
    void whatAPodCompletesWhileAQueueBeginsIsNotWhatItCanDo() {
        Watched pod = new Watched();
        fleet.aimAt(.8, 1);
        PodValue.Work last = pod.read(.8, 8, 0, 2000, 2);
        for (int i = 1; i < 150; i++) {
            last = work(pod.read(.8, 8, 0, 2000, 2), 10);
            fleet.learn(List.of(last), Duration.ofSeconds(2));
        }
        for (int i = 1; i <= 10; i++) {
            last = work(pod.read(1, 10, 4 * i, 1000, 1), 10);
            fleet.learn(List.of(last), Duration.ofSeconds(2));
        }

        assertThat(load(last))
                .as("1, 40 within 30 s of 2.5 / s, and a fifth")
                .isCloseTo(1 + 40 / 30.0 / 2.5 + .2, within(.02));
    }

    @Test
    void podsThatAreToBeFullHaveNoRoomForAQueue() {
        Watched pod = new Watched();
        fleet.aimAt(1, 1);

        PodValue.Work last = pod.read(60, .98, 10, 600);

        assertThat(load(last)).isCloseTo(1 + 2, within(.01));
    }

    /** Of a pod whose queue grows by so many from scrape to scrape, while it completes so many a second. */
    private double loadOfFullPod(double target, int scrapes, double waiting, double growth, double completed) {
        Watched pod = new Watched();
        fleet.aimAt(target, 1);
        PodValue.Work last = pod.read(.98, 10, waiting, 1000, completed);
        for (int i = 1; i <= scrapes; i++) {
            last = pod.read(.98, 10, waiting + i * growth, 1000, completed);
        }
        fleet.learn(List.of(last), SECOND);
        return load(last);
    }

    /**
     * It is full, for it does more than what comes. Where it does hardly more, the queue of a minute asks for a fifth more than what it
     * does, less than that where the queue falls.
     */
    @ParameterizedTest(name = "{0} in two seconds at T = {1}: {2}")
    @CsvSource({"-0.5, 0.80, 0.80", "-0.5, 0.40, 0.75", "-0.3, 0.80, 0.9", "-0.1, 0.80, 1.1", "0, 0.80, 1.2"})
    void queueThatFallsAsksForWhatComes(double growth, double target, double expected) {
        assertThat(loadOfFullPod(target, 60, 62, growth, 1)).isCloseTo(expected, within(.02));
    }

    /** What a pod that was just found does into its queue is not known. */
    @Test
    void whatIsNotKnownOfAQueueIsNoWorkOnIt() {
        assertThat(loadOfFullPod(.8, 5, 62, -5, 1)).isGreaterThan(.98);
    }

    /** A fast engine completes 5 requests a second, and its queue falls by 2 a second. */
    @Test
    void longQueueThatIsWorkedOffOrdersNothingHoweverMuchAFastEngineDoesWithinAMinute() {
        assertThat(loadOfFullPod(.8, 60, 900, -4, 5)).isCloseTo(1 - 2.0 / 5 * .5, within(.02));
    }

    /** Its queue is gone, and 40 that were in it still run: 2 / s complete, and 1 / s comes. */
    @Test
    void whatRunsOfAQueueThatIsGoneIsNotWhatComes() {
        Watched pod = new Watched();
        fleet.aimAt(.5, 1);
        PodValue.Work last = pod.read(1, 50, 30, 2000, 2);
        for (int i = 1; i <= 15; i++) {
            last = pod.read(1, 50, 30 - 2 * i, 2000, 2);
        }
        for (int i = 1; i <= 20; i++) {
            last = pod.read(1 - i / 50.0, 50 - 2 * i, 0, 2000, 2);
        }
        fleet.learn(List.of(work(last, 50)), SECOND);
        double drains = load(work(last, 50));
        for (int i = 1; i <= 20; i++) {
            last = pod.read(.2, 10, 0, 1000, 1);
        }
        fleet.learn(List.of(work(last, 50)), SECOND);

        assertThat(drains).as("half of the .6 that it shows").isCloseTo(.3, within(.05));
        assertThat(load(work(last, 50)))
                .as("all that it shows once no more falls")
                .isGreaterThanOrEqualTo(.2);
    }

    /** As many come as it completes, and now and then a client gives up: a queue that falls by that was not worked off. */
    @Test
    void clientsThatGiveUpAFewAtATimeAreNoWorkThatWasDone() {
        Watched pod = new Watched();
        fleet.aimAt(.8, 1);
        PodValue.Work last = pod.read(.98, 10, 100, 1000, 1);
        for (int i = 1; i <= 120; i++) {
            last = pod.read(.98, 10, 100 - i / 8.0, 1000, 1);
            fleet.learn(List.of(last), SECOND);
            assertThat(load(last)).as("after %d s", 2 * i).isGreaterThanOrEqualTo(.98);
        }
        assertThat(load(last)).isGreaterThan(1.05);
    }

    /** The pod began anew, or clients gave up: nobody worked on it. */
    @ParameterizedTest(name = "{0} of 12 still run")
    @ValueSource(ints = {0, 10, 12})
    void queueThatIsGoneWithoutHavingBeenWorkedOnWasNotWorkedOff(int running) {
        Watched pod = new Watched();
        fleet.aimAt(.8, 1);
        PodValue.Work last = pod.read(.98, 12, 200, 1000, 1);
        for (int i = 1; i <= 20; i++) {
            last = pod.read(.98, 12, 200, 1000, 1);
        }
        for (int i = 1; i <= 5; i++) {
            last = pod.read(.98, running, 0, 1000, 1);
        }
        fleet.learn(List.of(last), SECOND);
        // At most the 2 that were completed meanwhile, of 30 in half a minute
        assertThat(load(last)).isGreaterThan(.98 * (1 - 2.0 / 30) - .001);
    }

    @Test
    void queueThatGrowsAsksForWhatItGrowsBy() {
        Watched pod = new Watched();
        PodValue.Work last = pod.read(.98, 10, 2, 1000, 1);
        for (int i = 1; i <= 60; i++) {
            last = pod.read(.98, 10, 2 + i, 1000, 1);
        }
        fleet.learn(List.of(last), SECOND);
        // 0.5 / s, half of what it completes, and a fifth, for it may go on to rise
        assertThat(load(last)).isCloseTo(1.7, within(.06));
    }

    @Test
    void queueOfAPodThatWasJustFoundOrdersNothingYet() {
        Watched pod = new Watched();
        PodValue.Work last = pod.read(2, .98, 30, 500);
        assertThat(load(last)).isCloseTo(.98 + 500 * .001, within(1e-6));
    }

    /** The maximum that is stated is far above what the engine can do, and the KV cache is not what requests wait for. */
    @Test
    void podWithAQueueThatStandsIsFullWhateverElseItSays() {
        Watched pod = new Watched();
        PodValue.Work last = pod.read(.32, 20, 2, 400, 2);
        for (int i = 1; i <= 60; i++) {
            last = pod.read(.32, 20, 2 + i, 400, 2);
        }
        PodValue.Work stated = new Work(.32, last.running(), last.waiting(), OptionalDouble.of(256), last.pace());
        fleet.learn(List.of(stated, stated, stated, stated), SECOND);
        assertThat(load(stated)).isGreaterThan(1.2);
    }

    /**
     * A decode pod that always has a few requests whose KV cache is on its way from a prefill pod. Deferred are also those of a pod that
     * fetches nothing: they wait for one of its LoRA adapters, and so for those that run.
     */
    @ParameterizedTest(name = "{0} deferred of 4 that wait, {1} prompt tokens fetched: {2}")
    @CsvSource({
        "4, 50000, 0.33",
        "3, 50000, 0.33",
        "2, 50000, 1.02",
        "0, 50000, 1.02",
        "5, 50000, 0.33",
        "4, 0, 1.02",
        "4, , 1.02",
        "NaN, 50000, 1.02",
        ", 50000, 1.02"
    })
    void requestsWhoseCacheIsOnItsWayDoNotFillThePod(Double deferred, Double fetched, double expected) {
        Watched pod = new Watched();
        Work last = work(0, 0, 0);
        for (int i = 1; i <= 60; i++) {
            List<SampleLine> body = new ArrayList<>(List.of(
                    Watched.counter("vllm:generation_tokens_total", 4000.0 * i),
                    Watched.counter("vllm:request_success_total", 4.0 * i)));
            if (deferred != null) {
                body.add(byReason("capacity", Math.max(0, 4 - deferred)));
                body.add(byReason("deferred", deferred));
            }
            if (fetched != null) {
                body.add(Watched.counter(
                        "vllm:prompt_tokens_by_source_total", Map.of("source", "external_kv_transfer"), fetched));
            }
            last = work(pod.read(.32, 20, 4, body.toArray(SampleLine[]::new)), 100);
        }

        fleet.learn(List.of(last), SECOND);

        assertThat(load(last)).isCloseTo(expected, within(.01));
        assertThat(last.pace().runningLimit()).isEqualTo(expected < 1 ? 0 : 20);
        assertThat(last.waiting()).as("they are load all the same").isEqualTo(4);
    }

    private static SampleLine byReason(String reason, double requests) {
        return new SampleLine(
                "vllm:num_requests_waiting_by_reason", Map.of("reason", reason), requests, OptionalLong.empty());
    }

    @Test
    void oneRequestThatNeverGetsItsTurnMakesNoPodFull() {
        Watched pod = new Watched();
        assertThat(load(pod.read(60, .1, 2, 1))).isLessThan(.15);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 10, 15, 20, 30, 60, 300})
    void queueIsSeenHoweverFarTheScrapesAreApart(long seconds) {
        Watched pod = new Watched(seconds);
        PodValue.Work last = pod.read(.98, 10, 2, 1000, 1);
        for (int i = 1; i <= Math.max(3, 60 / seconds); i++) {
            last = pod.read(.98, 10, 2 + i * seconds / 2.0, 1000, 1);
        }
        fleet.learn(List.of(last), SECOND);
        assertThat(load(last)).isGreaterThan(1.4);
    }

    @Test
    void whatWasLearnedStaysWhileNoPodSaysAnything() {
        // Given: a share of a waiting request, and what the batch costs
        Watched pod = new Watched();
        for (int i = 0; i < 200; i++) {
            double running = 30 + 20 * Math.sin(i / 12.0);
            PodValue.Work seen = pod.read(running / 100, running, 600, running / (.01 + .0005 * running), 1);
            fleet.learn(List.of(seen), SECOND);
        }
        PodValue.Work waits = work(.3, 30, 100);
        double before = load(waits);

        // When: nobody answers, and then only pods that were just found
        fleet.learn(List.of(), Duration.ofMinutes(10));
        double unseen = load(waits);
        fleet.learn(List.of(new Watched().read(.3, 30, 100, 1000, 1)), SECOND);

        // Then
        assertThat(unseen).isEqualTo(before);
        assertThat(load(waits)).isCloseTo(before, EXACT);
    }

    @Test
    void slowEngineOrdersNoMoreThanItsQueueWouldHold() {
        Watched slow = new Watched();
        PodValue.Work last = slow.read(.9, 20, 300, 20, .05);
        for (int i = 0; i < 300; i++) {
            last = slow.read(.9, 20, 300, 20, .05);
        }
        fleet.learn(List.of(last), SECOND);
        assertThat(load(last)).isBetween(1.0, 1 + 300 / 20.0);
    }

    /** With fewer completions than prove anything the queue is what it would hold, as where they are not counted at all. */
    @Test
    void fewCompletionsProveNothing() {
        Watched pod = new Watched();
        PodValue.Work last = pod.read(.9, 20, 100, 20, .01);
        for (int i = 0; i < 60; i++) {
            last = pod.read(.9, 20, 100, 20, .01);
        }
        fleet.learn(List.of(last), SECOND);
        assertThat(load(last)).isCloseTo(1 + 100 / 20.0, within(.01));
    }
}
