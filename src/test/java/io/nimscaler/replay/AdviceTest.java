package io.nimscaler.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.history.Minute;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Which settings are advised, and when none are. */
class AdviceTest {

    /** Days of which a fleet at a target of 0.4 carried each minute's demand with the replicas that it asks for. */
    private static FleetHistory days(int days, IntToDoubleFunction demandOfMinute, boolean saturated) {
        List<Part> parts = new ArrayList<>();
        for (int minute = 0; minute < days * 1440; minute++) {
            double demand = demandOfMinute.applyAsDouble(minute);
            int replicas = (int) Math.ceil(demand / .4);
            parts.add(Part.steady(Days.BEGAN + minute * 60L, 60, demand, saturated, replicas, replicas, replicas));
        }
        return new FleetHistory(
                Days.ID,
                Triggers.with("targetValue", "0.4"),
                Optional.of(new Minute.Limits(1, 40)),
                parts,
                List.of(60.0));
    }

    private static double wave(int minute) {
        return 3 - 2 * Math.cos(2 * Math.PI * minute / 1440);
    }

    private static Advice ask(FleetHistory history, Map<String, String> given, Stop stop) {
        return Advice.of(history, Question.of(history, given), stop);
    }

    @Test
    void cheapestThatIsOverloadedNoMoreThanAllowedIsAdvised() {
        FleetHistory history = days(3, AdviceTest::wave, false);

        Advice advice = ask(history, Map.of(), Stop.never());

        Advice.Tried advised = advice.advised().orElseThrow();
        assertThat(advised.outcome().overloadedTime()).isLessThanOrEqualTo(advice.allowed());
        assertThat(advised.replicaHours()).isLessThan(advice.present().replicaHours());
        assertThat(advice.tried())
                .filteredOn(one -> one.overloadedTime() <= advice.allowed())
                .allSatisfy(one -> assertThat(one.replicaHours()).isGreaterThanOrEqualTo(advised.replicaHours()));
        assertThat(advice.perfect().replicaHours()).isLessThanOrEqualTo(advised.replicaHours());
        assertThat(advice.lines().orElseThrow().reported()).contains("triggers:\n  - metadata:\n      ");
        assertThat(advice.lines().orElseThrow().shadow()).contains("shadow.targetValue: \"0.");
        assertThat(advised.outcome().spread()).isPresent();
    }

    @Test
    void whatIsAllowedIsNotExceededAndCosts() {
        FleetHistory history = days(1, AdviceTest::wave, false);

        Advice strict = ask(history, Map.of("maxOverload", "0"), Stop.never());
        Advice lenient = ask(history, Map.of("maxOverload", "0.2"), Stop.never());

        assertThat(lenient.advised().orElseThrow().replicaHours())
                .isLessThanOrEqualTo(strict.advised().orElseThrow().replicaHours());
        assertThat(lenient.advised().orElseThrow().overloadedTime()).isLessThanOrEqualTo(.2);
        assertThat(strict.reasons()).anyMatch(reason -> reason.contains("no error bars"));
    }

    /** A night of hardly any load, and three replicas at least, which nobody needs for it. */
    @Test
    void minimumIsLoweredWhereThatIsAskedForAlone() {
        FleetHistory nights = days(1, minute -> wave(minute) - .9, false);
        FleetHistory redundant = new FleetHistory(
                nights.id(),
                nights.trigger(),
                Optional.of(new Minute.Limits(3, 40)),
                nights.parts().stream()
                        .map(part -> Part.steady(
                                part.from(),
                                part.seconds(),
                                part.mean(),
                                false,
                                Math.max(3, part.wanted()),
                                Math.max(3, part.present()),
                                Math.max(3, part.ready())))
                        .toList(),
                nights.startUps());

        Advice kept = ask(redundant, Map.of(), Stop.never());
        Advice lowered = ask(redundant, Map.of("minReplicaCount", "1"), Stop.never());

        assertThat(kept.tried())
                .allSatisfy(one -> assertThat(one.minReplicaCount()).isGreaterThanOrEqualTo(3));
        assertThat(kept.reasons()).anyMatch(reason -> reason.startsWith("minReplicaCount = 3 is not lowered"));
        assertThat(lowered.advised().orElseThrow().minReplicaCount()).isLessThan(3);
        assertThat(lowered.reasons()).noneMatch(reason -> reason.contains("not lowered"));
    }

    /** The same fleet as seen by the requests that run, 50 in a full replica. */
    private static FleetHistory running(List<Part> parts) {
        return new FleetHistory(
                new TriggerId(Days.ID.scaledObject(), "running"),
                Triggers.with("metric", "num_requests_running", "targetValue", "20"),
                Optional.of(new Minute.Limits(1, 40)),
                parts.stream()
                        .map(part -> Part.steady(
                                part.from(),
                                part.seconds(),
                                50 * part.mean(),
                                false,
                                part.wanted(),
                                part.present(),
                                part.ready()))
                        .toList(),
                List.of(60.0));
    }

    @Test
    void signalThatWasRecordedBesideIsComparedByWhatThePresentOneSawToBeCarried() {
        FleetHistory history = days(1, AdviceTest::wave, false);
        Question question = Question.of(history, Map.of());

        Advice advice = Advice.of(history, List.of(history, running(history.parts())), question, Stop.never());

        Advice.Tried same = advice.tried().stream()
                .filter(one -> "num_requests_running".equals(one.changed().get("metric"))
                        && "20".equals(one.changed().get("targetValue")))
                .findFirst()
                .orElseThrow();
        assertThat(same.replicaHours())
                .isCloseTo(
                        advice.present().replicaHours(),
                        within(.01 * advice.present().replicaHours()));
        assertThat(advice.reasons()).noneMatch(reason -> reason.contains("compared"));
    }

    /** 92 % of the time have 92 % of the hours, which makes nothing cheaper. */
    @Test
    void signalIsNotCheaperForTheTimeInWhichItWasNotRecorded() {
        FleetHistory history = days(1, AdviceTest::wave, false);
        FleetHistory most = running(history.parts().subList(0, 1325));

        Advice advice = Advice.of(history, List.of(most), Question.of(history, Map.of()), Stop.never());

        Advice.Tried advised = advice.advised().orElseThrow();
        assertThat(advice.tried())
                .filteredOn(one -> one.overloadedTime() <= advice.allowed())
                .allSatisfy(one -> assertThat(one.meanReplicas()).isGreaterThanOrEqualTo(advised.meanReplicas()));
    }

    @Test
    void signalThatWasNotRecordedThroughoutIsNotComparedAndThatIsSaid() {
        FleetHistory history = days(1, AdviceTest::wave, false);
        Question question = Question.of(history, Map.of());
        FleetHistory half = running(history.parts().subList(0, 720));

        assertThat(Advice.of(history, List.of(history, half), question, Stop.never())
                        .reasons())
                .contains("num_requests_running is not compared: it was recorded for 50 % of the time");
        assertThat(Advice.of(history, question, Stop.never()).reasons())
                .anyMatch(reason -> reason.startsWith("no other signal than gpu_cache_usage_perc was recorded"));
    }

    @Test
    void steadyLoadHasNoAdvice() {
        Advice advice = ask(days(1, _ -> 2.05, false), Map.of(), Stop.never());

        assertThat(advice.advised()).isEmpty();
        assertThat(advice.reasons()).anyMatch(reason -> reason.contains("too little variation"));
    }

    @Test
    void fleetThatWasFullForLongHasNoAdvice() {
        Advice advice = ask(days(1, AdviceTest::wave, true), Map.of(), Stop.never());

        assertThat(advice.advised()).isEmpty();
        assertThat(advice.reasons()).anyMatch(reason -> reason.startsWith("saturated for 100 % of the time"));
    }

    @Test
    void modelThatIsFarFromWhatWasAdvisesNothing() {
        FleetHistory history = Days.of(Triggers.with(), 1, 1);

        Advice advice = ask(history, Map.of("minReplicaCount", "1"), Stop.never());

        assertThat(advice.advised()).isEmpty();
        assertThat(advice.reasons()).anyMatch(reason -> reason.contains("far from what happened"));
    }

    @Test
    void tooLittleHistoryHasNoAdviceUnlessLessIsAskedFor() {
        FleetHistory hours = days(1, AdviceTest::wave, false);
        FleetHistory half = new FleetHistory(
                hours.id(), hours.trigger(), hours.limits(), hours.parts().subList(0, 720), hours.startUps());

        assertThat(ask(half, Map.of(), Stop.never()).reasons())
                .contains("too little history: 12 h of the 1 d that an advice needs");
        assertThat(ask(half, Map.of("leastHistory", "6h"), Stop.never()).advised())
                .isPresent();
        assertThat(half.observed()).isEqualTo(Duration.ofHours(12));
    }

    @Test
    void whatCouldNotBeTriedInTimeIsSaid() {
        FleetHistory history = days(1, AdviceTest::wave, false);
        Stop late = new Stop() {

            @Override
            public Optional<String> reason() {
                return Optional.empty();
            }

            @Override
            public boolean isLate() {
                return true;
            }
        };

        Advice advice = ask(history, Map.of(), late);

        assertThat(advice.tried()).containsExactly(advice.present());
        assertThat(advice.reasons()).anyMatch(reason -> reason.startsWith("only 1 settings could be tried in time"));
    }
}
