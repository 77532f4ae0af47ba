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

/** Pods of 100 slots that generate 1,000 tokens a second when they are full, and nearly as many with 30 requests at once. */
class ServingLoadFullRateTest extends WatchedPods {

    private static final double TARGET = .85;
    private static final double TOKENS_OF_A_REQUEST = 100;
    private static final Duration DAY = Duration.ofDays(1);

    @BeforeEach
    void two() {
        fleet.aimAt(TARGET, 2);
    }

    private static Work pod(double running, double waiting, double tokens, double tokensOfARequest) {
        Pace pace = new Pace(
                FREE_BATCH.batch(),
                FREE_BATCH.batchInParts(),
                true,
                false,
                false,
                1,
                tokens,
                tokens / tokensOfARequest,
                300 * tokens,
                300 * tokens / tokensOfARequest,
                0,
                waiting >= 2,
                false,
                0);
        return new Work(.1, OptionalDouble.of(running), waiting, OptionalDouble.of(100), pace);
    }

    private static Work full(double tokens) {
        return pod(100, 5, tokens, TOKENS_OF_A_REQUEST);
    }

    private static Work looksQuiet(double tokens) {
        return pod(30, 0, tokens, TOKENS_OF_A_REQUEST);
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

    @Test
    void fleetWithoutAQueueThatDoesMoreShowsThatAFullOneDoesMore() {
        learn(full(500), full(500));
        learn(looksQuiet(551), looksQuiet(551));

        assertThat(loadOfTwo(looksQuiet(450))).isCloseTo(.3, EXACT);
    }

    @Test
    void fleetThatDoesMoreWhileRequestsWaitMayBeFull() {
        learn(full(500), full(500));
        learn(looksQuiet(551), pod(30, 1, 551, TOKENS_OF_A_REQUEST));

        assertThat(loadOfTwo(looksQuiet(300))).isCloseTo(.6, EXACT);
    }

    @ParameterizedTest(name = "of requests of {1} tokens {0} a second: {2}")
    @CsvSource({"900, 300, 0.3", "900, 150, 0.6", "600, 50, 0.6", "600, 100, 0.6"})
    void otherRequestsAreComparedByTheirNumberToo(double tokens, double tokensOfARequest, double expected) {
        learn(full(1000), full(1000));

        assertThat(loadOfTwo(pod(30, 0, tokens, tokensOfARequest))).isCloseTo(expected, EXACT);
    }

    @Test
    void whereNoRequestIsCompletedTheTokensCount() {
        learn(full(1000), full(1000));

        assertThat(loadOfTwo(pod(30, 0, 600, 1e9))).isCloseTo(.6, EXACT);
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

    /** It keeps replicas. One process may know it, and another may not. */
    @Test
    void ordersNothing() {
        learn(full(1000), full(1000));
        fleet.aimAt(TARGET, 1);

        assertThat(2 * loadOfTwo(looksQuiet(950))).isCloseTo(TARGET, EXACT);
    }
}
