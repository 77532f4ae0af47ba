package io.nimscaler.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A fleet of its own under other settings, on the demand that there was. */
class WhatIfTest {

    private static final long BEGAN = Days.BEGAN;
    private static final int HOUR = 3_600;

    private static FleetHistory history(Trigger trigger, List<Part> parts, Double... startUps) {
        return new FleetHistory(
                new TriggerId(new ScaledObjectId("ns", "llm"), trigger.metricName()),
                trigger,
                Optional.empty(),
                parts,
                List.of(startUps));
    }

    private static Part part(int from, int seconds, double demand, int replicas) {
        return Part.steady(BEGAN + from, seconds, demand, false, replicas, replicas, replicas);
    }

    private static WhatIf ask(FleetHistory history, Map<String, String> others) {
        return WhatIf.of(history, Question.of(history, others), Stop.never());
    }

    @Test
    void constantDemandIsCarriedByTheReplicasThatItsTargetAsksFor() {
        FleetHistory history = history(Triggers.with(), List.of(part(0, 4 * HOUR, 2.1, 3)), 60.0);

        WhatIf answer = ask(history, Map.of("targetValue", "0.5"));

        assertThat(answer.was().replicaHours()).isEqualTo(12);
        assertThat(answer.present().outcome().replicaHours()).isEqualTo(12);
        assertThat(answer.other().outcome().replicaHours()).isCloseTo(4 * 5, within(.1));
        assertThat(answer.other().outcome().scaleEvents()).isEqualTo(1);
        assertThat(answer.perfect().replicaHours()).isEqualTo(12);
        assertThat(answer.perfect().overloadedTime()).isZero();
    }

    @Test
    void stepOverloadsUntilThePodsThatItOrdersAreReady() {
        FleetHistory history =
                history(Triggers.immediate(), List.of(part(0, HOUR, 1.3, 2), part(HOUR, HOUR, 2.7, 2)), 100.0);

        Outcome outcome = ask(history, Map.of()).present().outcome();

        // At most a sync until they are ordered; the pods are full meanwhile, so that a second order follows the first
        assertThat(outcome.longestOverloadSeconds()).isBetween(100L, 100L + 15);
        assertThat(outcome.overloadedTime()).isBetween(100.0 / 7200, 130.0 / 7200);
        assertThat(outcome.overloadedDemand()).isPositive();
    }

    @Test
    void whoKnowsTheFutureOrdersBeforeTheStepAndPaysForTheStartUp() {
        FleetHistory history = history(
                Triggers.immediate(),
                List.of(part(0, HOUR, 1.3, 2), part(HOUR, HOUR, 2.7, 2), part(2 * HOUR, HOUR, 1.3, 2)),
                100.0);

        Outcome perfect = ask(history, Map.of()).perfect();

        assertThat(perfect.overloadedTime()).isZero();
        assertThat(perfect.replicaHours()).isCloseTo(2 + 3 + 2 + 100 / 3600.0, within(1e-9));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void nobodyWhoIsNeverOverloadedIsCheaperThanPerfect(long seed) {
        FleetHistory history =
                new FleetHistory(Days.ID, Triggers.with(), Optional.empty(), Days.minutes(2, seed), List.of(30.0));
        for (String target : List.of("0.3", "0.5", "0.7")) {
            WhatIf answer = ask(history, Map.of("targetValue", target));
            if (answer.other().outcome().overloadedTime() == 0) {
                assertThat(answer.other().outcome().replicaHours())
                        .isGreaterThanOrEqualTo(answer.perfect().replicaHours());
            }
        }
    }

    @Test
    void timeOfWhichNothingIsKnownIsNeitherCountedNorTakenForAnEmptyFleet() {
        FleetHistory history =
                history(Triggers.immediate(), List.of(part(0, HOUR, 4.1, 6), part(5 * HOUR, HOUR, 4.1, 6)), 600.0);

        Outcome outcome = ask(history, Map.of()).present().outcome();

        assertThat(outcome.hours()).isEqualTo(2);
        assertThat(outcome.replicaHours()).isEqualTo(12);
        assertThat(outcome.overloadedTime()).isZero();
    }

    /** What a minute's three numbers keep of its seconds is enough for this. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void minutesAnswerAsTheirSecondsDo(long seed) {
        Random random = new Random(seed);
        List<Part> seconds = new ArrayList<>();
        List<Part> minutes = new ArrayList<>();
        double noise = 0;
        for (int minute = 0; minute < 12 * 60; minute++) {
            double[] demand = new double[60];
            for (int i = 0; i < 60; i++) {
                noise = .97 * noise + .02 * random.nextGaussian();
                double t = minute * 60 + i;
                demand[i] = (4 + 3 * Math.sin(2 * Math.PI * t / (4 * HOUR))) * Math.exp(noise);
                seconds.add(part(minute * 60 + i, 1, demand[i], 5));
            }
            java.util.DoubleSummaryStatistics sum =
                    java.util.Arrays.stream(demand).summaryStatistics();
            minutes.add(new Part(
                    BEGAN + minute * 60L, 60, sum.getMin(), sum.getAverage(), sum.getMax(), false, 5, 5, 5, 0));
        }
        Map<String, String> others = Map.of("minReplicaCount", "1", "targetValue", "0.8");
        Outcome ofSeconds =
                ask(history(Triggers.with(), seconds, 120.0), others).other().outcome();
        Outcome ofMinutes =
                ask(history(Triggers.with(), minutes, 120.0), others).other().outcome();

        assertThat(ofMinutes.replicaHours())
                .isCloseTo(ofSeconds.replicaHours(), within(.03 * ofSeconds.replicaHours()));
        assertThat(ofMinutes.overloadedTime()).isCloseTo(ofSeconds.overloadedTime(), within(.01));
    }

    @Test
    void sameQuestionHasTheSameAnswer() {
        FleetHistory history = Days.of(Triggers.with(), 2, 5);

        assertThat(ask(history, Map.of("targetValue", "0.8"))).isEqualTo(ask(history, Map.of("targetValue", "0.8")));
    }

    @Test
    void fullFleetIsBracketedByWhatIsSeenWhenItIsNotFullAnyMore() {
        FleetHistory history = history(
                Triggers.immediate(),
                List.of(
                        part(0, HOUR, 1.3, 2),
                        Part.steady(BEGAN + HOUR, 300, 2, true, 2, 2, 2),
                        part(HOUR + 300, HOUR, 3.1, 5)),
                200.0);

        WhatIf answer = ask(history, Map.of("minReplicaCount", "1"));

        assertThat(answer.saturatedTime()).isCloseTo(300.0 / 7500, within(1e-9));
        assertThat(answer.bracketOpen()).isFalse();
        Outcome atMost = answer.present().atMost().orElseThrow();
        assertThat(atMost.overloadedTime())
                .isGreaterThan(answer.present().outcome().overloadedTime());
    }

    @Test
    void fleetThatIsFullThroughoutHasNoBoundFromAbove() {
        FleetHistory history =
                history(Triggers.immediate(), List.of(Part.steady(BEGAN, HOUR, 2, true, 2, 2, 2)), 200.0);

        WhatIf answer = ask(history, Map.of());

        assertThat(answer.saturatedTime()).isEqualTo(1);
        assertThat(answer.bracketOpen()).isTrue();
    }

    /** Four times what the pods carry comes at once: what they show stops at 1, what is held in front of them does not. */
    @Test
    void whatIsHeldInFrontOfTheFleetOrdersAllAtOnce() {
        List<Part> parts = List.of(part(0, HOUR, 1.3, 2), part(HOUR, HOUR, 8, 2));

        Outcome blind = ask(history(Triggers.immediate(), parts, 100.0), Map.of())
                .present()
                .outcome();
        Outcome seeing = ask(history(Triggers.immediate("demandSource", "gateway"), parts, 100.0), Map.of())
                .present()
                .outcome();

        // Two syncs apart, for the HPA's rates
        assertThat(seeing.longestOverloadSeconds()).isBetween(100L, 150L);
        assertThat(blind.longestOverloadSeconds()).isGreaterThan(200);
    }

    @Test
    void fromZeroItWaitsForKedasPollAndCoolsDownBeforeItGoes() {
        Trigger trigger = Triggers.immediate("wakeSource", "gateway");
        FleetHistory history = history(
                trigger,
                List.of(part(0, HOUR, 0.5, 1), part(HOUR, 2 * HOUR, 0, 1), part(3 * HOUR, HOUR, 0.5, 1)),
                60.0);

        Outcome outcome = ask(history, Map.of("minReplicaCount", "0", "cooldownPeriod", "300"))
                .other()
                .outcome();

        // One replica for two hours and a cool-down, and back after a poll and a start-up
        assertThat(outcome.replicaHours()).isCloseTo(2 + 300 / 3600.0, within(.02));
        assertThat(outcome.fewest()).isZero();
        assertThat(outcome.longestOverloadSeconds()).isBetween(60L, 60L + 30 + 15);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        targetValue              | 70     | targetValue = "70": expected at most 1 for gpu_cache_usage_perc
        targetValu               | 0.7    | targetValu: expected a known key; did you mean targetValue?
        maxReplicaCont           | 7      | maxReplicaCont: expected a known key; did you mean maxReplicaCount?
        minReplicaCount          | -1     | minReplicaCount = "-1": expected a number of replicas, 0 to 100000
        minReplicaCount          | 0      | minReplicaCount = "0": expected 1 at least, for the trigger names no wakeSource
        hpaSyncPeriod            | 1500ms | hpaSyncPeriod = "1500ms": expected a duration of whole seconds
        scaleUp.policies         | 4/15   | scaleUp.policies = "4/15": expected policies such as 4/15s or 100%/15s
        scaleDown.selectPolicy   | max    | scaleDown.selectPolicy = "max": expected one of Max, Min, Disabled
        maxOverload              | 2      | maxOverload = "2": expected a share of the time from 0 to 1
        port                     | 8001   | port = "8001": expected a key that the policy uses
        metric                   | serving_load | expected a number from 0.01
        """)
    void whatIsWrongIsSaidWithKeyValueAndExpectation(String key, String value, String expected) {
        FleetHistory history = history(Triggers.with(), List.of(part(0, HOUR, 1, 2)), 60.0);

        assertThatThrownBy(() -> Question.of(history, Map.of(key, value)))
                .isInstanceOf(UnusableException.class)
                .hasMessageContaining(expected);
    }

    @Test
    void whatASignalDoesNotSayOfAnotherFleetIsNotPredicted() {
        FleetHistory level =
                history(Triggers.with("metric", "time_to_first_token_seconds"), List.of(part(0, HOUR, 1, 2)), 60.0);
        FleetHistory queue = history(
                Triggers.with("metric", "num_requests_waiting", "targetValue", "5"),
                List.of(part(0, HOUR, 1, 2)),
                60.0);

        assertThatThrownBy(() -> ask(level, Map.of())).hasMessageContaining("expected a signal that adds up over pods");
        assertThatThrownBy(() -> ask(queue, Map.of())).hasMessageContaining("a queue alone does not");
    }

    @Test
    void itEndsWhenItsCallerSaysSo() {
        FleetHistory history = Days.of(Triggers.with(), 2, 5);

        assertThatThrownBy(() ->
                        WhatIf.of(history, Question.of(history, Map.of()), () -> Optional.of("the caller has gone")))
                .isInstanceOf(StoppedException.class)
                .hasMessage("the caller has gone");
    }

    @Test
    void spanThatIsTooLongIsRefused() {
        FleetHistory history =
                history(Triggers.with(), List.of(part(0, HOUR, 1, 2), part(100 * 24 * HOUR, HOUR, 1, 2)), 60.0);

        assertThatThrownBy(() -> ask(history, Map.of())).hasMessageContaining("expected a span of at most 92 days");
    }

    @Test
    void boundsThatWereRecordedAreNotAssumed() {
        FleetHistory history = new FleetHistory(
                Days.ID,
                Triggers.with(),
                Optional.of(new io.nimscaler.history.Minute.Limits(2, 4)),
                List.of(part(0, HOUR, 5, 4)),
                List.of(60.0));

        WhatIf answer = ask(history, Map.of());

        assertThat(answer.present().outcome().most()).isEqualTo(4);
        assertThat(answer.present().outcome().overloadedTime()).isEqualTo(1);
        assertThat(answer.assumed()).noneMatch(text -> text.contains("ReplicaCount"));
        assertThat(answer.observed()).isEqualTo(Duration.ofHours(1));
    }
}
