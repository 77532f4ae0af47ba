package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.signal.PodValue.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Pods of 100 slots that generate 1,000 tokens a second when they are full, and nearly as many with 30 requests at once. Each request has 500
 * tokens in its prompt and 100 in its answer, if nothing else is said.
 */
class ServingLoadFullRateTest extends WatchedPods {

    private static final double TARGET = .85;
    private static final double PROMPT = 500;
    private static final double ANSWER = 100;
    private static final Duration DAY = Duration.ofDays(1);

    @BeforeEach
    void two() {
        fleet.aimAt(TARGET, 2);
    }

    private static Work pod(double running, double waiting, double tokens, double prompt, double answer) {
        Pace pace = TestPace.watched(known -> {
            known.batch = FREE_BATCH.batch();
            known.batchInParts = FREE_BATCH.batchInParts();
            known.tokens = tokens;
            known.completed = tokens / answer;
            known.tokensGrown = 300 * tokens;
            known.promptsGrown = 300 * tokens * prompt / answer;
            known.completedGrown = 300 * tokens / answer;
            known.queueStands = waiting >= 2;
        });
        return new Work(.1, OptionalDouble.of(running), waiting, OptionalDouble.of(100), pace);
    }

    private static Work full(double tokens) {
        return pod(100, 5, tokens, PROMPT, ANSWER);
    }

    private static Work looksQuiet(double tokens) {
        return pod(30, 0, tokens, PROMPT, ANSWER);
    }

    private void learn(Work... pods) {
        fleet.learn(List.of(pods), SECOND);
    }

    /** What each of two pods carries that are like this one. */
    private double loadOfTwo(Work pod) {
        learn(pod, pod);
        return load(pod);
    }

    @ParameterizedTest(name = "{0} tokens a second: {1}")
    @CsvSource({"950, 0.85", "850, 0.85", "600, 0.60", "310, 0.31", "200, 0.30", "1099, 0.85"})
    void whatItDoesOfWhatAFullOneDidIsTheMostThatItCarries(double tokens, double expected) {
        learn(full(1000), full(1000));

        assertThat(loadOfTwo(looksQuiet(tokens))).isCloseTo(expected, EXACT);
    }

    @Test
    void mostThatAFullOneDidCounts() {
        learn(full(700), full(700));
        learn(full(1000), full(1000));
        learn(full(400), full(400));

        assertThat(loadOfTwo(looksQuiet(600))).isCloseTo(.6, EXACT);
    }

    @ParameterizedTest(name = "{0} of {1} pods had a queue: {2}")
    @CsvSource({"1, 1, 0.6", "1, 2, 0.6", "1, 3, 0.3", "2, 4, 0.6", "2, 5, 0.3"})
    void queueOfAFewPodsProvesNothing(int withQueue, int pods, double expected) {
        List<PodValue> seen = new ArrayList<>(Collections.nCopies(pods, looksQuiet(600)));
        for (int i = 0; i < withQueue; i++) {
            seen.set(i, full(1000));
        }
        fleet.learn(seen, SECOND);

        assertThat(loadOfTwo(looksQuiet(600))).isCloseTo(expected, EXACT);
    }

    /** Then they were not full, so what was seen was less than a full pod does: whatever came first. */
    @ParameterizedTest(name = "{0} without a queue before: {1}, and after: {2}")
    @CsvSource({"549, 0.90, 0.90", "551, 0.30, 0.30"})
    void podsWithoutAQueueThatDidMoreRefuteIt(double calm, double before, double after) {
        learn(looksQuiet(calm), looksQuiet(calm));
        learn(full(500), full(500));
        assertThat(loadOfTwo(looksQuiet(450))).isCloseTo(Math.min(TARGET, before), EXACT);

        FleetSignal other = SIGNAL.ofFleet();
        other.aimAt(TARGET, 2);
        other.learn(List.of(full(500), full(500)), SECOND);
        other.learn(List.of(looksQuiet(calm), looksQuiet(calm)), SECOND);
        other.learn(List.of(looksQuiet(450), looksQuiet(450)), SECOND);
        assertThat(other.valueOf(looksQuiet(450)).orElseThrow()).isCloseTo(Math.min(TARGET, after), EXACT);
    }

    @ParameterizedTest(name = "{0} of 4 pods without a queue: {1}")
    @CsvSource({"1, 0.6", "2, 0.3", "3, 0.3"})
    void halfOfThePodsRefuteIt(int without, double expected) {
        learn(full(500), full(500));
        List<PodValue> seen = new ArrayList<>(Collections.nCopies(4, pod(30, 1, 600, PROMPT, ANSWER)));
        for (int i = 0; i < without; i++) {
            seen.set(i, looksQuiet(600));
        }
        fleet.learn(seen, SECOND);

        assertThat(loadOfTwo(looksQuiet(300))).isCloseTo(expected, EXACT);
    }

    /** One slow or broken pod of two is half of them. */
    @Test
    void podsThatDoMoreAtTheSameTimeRefuteIt() {
        learn(full(50), looksQuiet(800));

        assertThat(loadOfTwo(looksQuiet(45))).isCloseTo(.3, EXACT);
    }

    @ParameterizedTest(name = "{0} tokens a second, prompts of {1}, answers of {2}: {3}")
    @CsvSource({
        "600, 500, 100, 0.6",
        // By the number of requests
        "900, 1500, 300, 0.3",
        "900, 750, 150, 0.6",
        // By what they generate
        "600, 250, 50, 0.6",
        // By what is read
        "900, 50, 100, 0.3",
        "900, 300, 100, 0.54",
        "600, 5000, 100, 0.6"
    })
    void requestsOfAnotherKindCountByTheLeastShare(double tokens, double prompt, double answer, double expected) {
        learn(full(1000), full(1000));

        assertThat(loadOfTwo(pod(30, 0, tokens, prompt, answer))).isCloseTo(expected, EXACT);
    }

    /** Requests of the same traffic are a little longer in one minute and shorter in the next. No pod ever did the most of each. */
    @Test
    void whatWasSeenInOneMomentStaysTogether() {
        learn(full(1000), full(1000));
        Work longer = pod(100, 5, 1050, PROMPT * 1.2, ANSWER * 1.2);
        learn(longer, longer);
        Work shorter = pod(100, 5, 950, PROMPT * .8, ANSWER * .8);
        learn(shorter, shorter);

        assertThat(loadOfTwo(looksQuiet(600))).isCloseTo(.6, EXACT);
    }

    @Test
    void severalKindsOfRequestsAreRemembered() {
        learn(full(1000), full(1000));
        Work code = pod(100, 5, 200, 5000, 50);
        learn(code, code);

        assertThat(loadOfTwo(looksQuiet(600))).isCloseTo(.6, EXACT);
        assertThat(loadOfTwo(pod(30, 0, 120, 5000, 50))).isCloseTo(.6, EXACT);
    }

    /** Long prompts fill a pod that generates next to nothing. */
    @Test
    void burstOfPromptsSaysNothingOfWhatGenerates() {
        learn(pod(100, 5, 50, 60_000, 100), pod(100, 5, 50, 60_000, 100));

        assertThat(loadOfTwo(looksQuiet(45))).isCloseTo(.3, EXACT);
    }

    @Test
    void whereTooFewRequestsAreCompletedNothingIsKnown() {
        learn(full(1000), full(1000));

        assertThat(loadOfTwo(pod(30, 0, 600, PROMPT, 1e9))).isCloseTo(.3, EXACT);
    }

    @Test
    void isForgottenAfterADay() {
        learn(full(1000), full(1000));
        Work pod = looksQuiet(600);

        fleet.learn(List.of(pod, pod), DAY.minus(SECOND));
        assertThat(load(pod)).isCloseTo(.6, EXACT);
        fleet.learn(List.of(pod, pod), SECOND.multipliedBy(2));
        assertThat(load(pod)).isCloseTo(.3, EXACT);
    }

    @Test
    void unknownTokensSayNothing() {
        learn(full(Double.NaN), full(Double.NaN));
        assertThat(loadOfTwo(looksQuiet(600))).isCloseTo(.3, EXACT);

        learn(full(1000), full(1000));
        assertThat(loadOfTwo(looksQuiet(Double.NaN))).isCloseTo(.3, EXACT);
    }

    /** Nor does an engine that does not count what it reads: its requests can not be compared. */
    @Test
    void unknownPromptsSayNothing() {
        Work full = pod(100, 5, 1000, 0, ANSWER);
        learn(full, full);

        assertThat(loadOfTwo(pod(30, 0, 600, 0, ANSWER))).isCloseTo(.3, EXACT);
    }

    @Test
    void timePassesAlsoWhileNoPodIsRead() {
        learn(full(1000), full(1000));
        fleet.learn(List.of(), DAY.plus(SECOND));

        assertThat(loadOfTwo(looksQuiet(600))).isCloseTo(.3, EXACT);
    }

    /** Under {@code max} one pod decides for all. */
    @Test
    void noPodCountsMoreThanTheTarget() {
        learn(full(1000), full(1000));
        Work busy = looksQuiet(1000);
        fleet.learn(List.of(busy, looksQuiet(10)), SECOND);

        assertThat(load(busy)).isLessThanOrEqualTo(TARGET + 1e-9);
    }

    /** It keeps replicas. One process may know it, and another may not. */
    @Test
    void ordersNothing() {
        learn(full(1000), full(1000));
        fleet.aimAt(TARGET, 1);

        assertThat(2 * loadOfTwo(looksQuiet(950))).isCloseTo(TARGET, EXACT);
    }
}
