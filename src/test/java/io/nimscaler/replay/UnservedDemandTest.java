package io.nimscaler.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.history.Minute;
import io.nimscaler.history.MinuteReader;
import io.nimscaler.history.MinuteStretch;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.TriggerParser;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a fleet did not serve is not known in full, and what is written of it is bounded before it is simulated. */
class UnservedDemandTest {

    private static final String HEADER =
            "{\"format\":\"nim-scaler-history\",\"version\":1,\"namespace\":\"ns\",\"name\":\"llm\","
                    + "\"triggerName\":\"t\",\"shadow\":false,\"metadata\":{\"targetValue\":\"0.7\"}}";

    /** Two pods that are nearly full, 8 requests wait, and 30 a second are refused. */
    private static final String REFUSING =
            "{\"t\":\"2026-01-31T12:00Z\",\"r\":60,\"a\":60,\"d\":1.9,\"k\":60,\"w\":2,\"p\":2,"
                    + "\"y\":2,\"s\":2,\"n\":20,\"q\":8,\"e\":30}";

    private static Trigger trigger(Map<String, String> metadata) {
        return ((ParsedTrigger.Valid) TriggerParser.parse(metadata)).trigger();
    }

    @Test
    void minuteInWhichRequestsWereRefusedShowsNotAllOfTheDemand() {
        List<MinuteStretch> stretches = MinuteReader.read(Stream.of(HEADER, REFUSING));
        PartsOfMinutes parts = new PartsOfMinutes(trigger(Map.of("targetValue", "0.7")));
        parts.take(stretches.getFirst().minutes().getFirst());
        assertThat(parts.parts().getFirst().saturated()).isTrue();
    }

    @Test
    void headerThatIsTornCostsItselfAlone() {
        assertThat(MinuteReader.read(Stream.of(HEADER.substring(0, 40), HEADER, REFUSING)))
                .hasSize(1);
    }

    @Test
    void bracketHasNoTopWhereNothingNearWasHigher() {
        Censoring censoring = Censoring.of(List.of(
                Part.steady(0, 600, 1.8, false, 2, 2, 2),
                Part.steady(600, 600, 2, true, 2, 2, 2),
                Part.steady(1200, 600, 1.8, false, 2, 2, 2)));
        assertThat(censoring.open()).isTrue();
    }

    @Test
    void boundsThatWereRecordedAreBounded() {
        FleetHistory days = Days.of(trigger(Map.of("targetValue", "0.7")), 1, 1);
        FleetHistory absurd = new FleetHistory(
                days.id(),
                days.trigger(),
                Optional.of(new Minute.Limits(1_000_000_000, 1_000_000_000)),
                days.parts(),
                days.startUps());
        assertThat(Question.of(absurd, Map.of()).settings().least()).isLessThanOrEqualTo(100_000);
    }
}
