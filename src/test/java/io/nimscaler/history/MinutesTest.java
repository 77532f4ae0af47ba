package io.nimscaler.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nimscaler.policy.HoldReason;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Minutes become lines and lines minutes; what is no history is refused by line and reason. */
class MinutesTest {

    private static final Instant BEGINNING = Instant.parse("2026-01-31T12:00:00Z");
    private static final TriggerId ID = new TriggerId(new ScaledObjectId("nim", "llm"), "serving_load");
    private static final Trigger TRIGGER = Triggers.with("targetValue", "0.70", "metric", "serving_load");
    private static final String HEADER =
            MinuteWriter.header(MinuteHeader.of(ID, TRIGGER, Optional.of(new Minute.Limits(1, 10))));
    private static final String LINE = MinuteWriter.line(minute(new Random(1), 0));

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsReadIsWhatWasWritten(long seed) {
        Random random = new Random(seed);
        MinuteHeader header = MinuteHeader.of(
                new TriggerId(new ScaledObjectId("nim", "llm"), "serving_load", random.nextBoolean()),
                TRIGGER,
                random.nextBoolean() ? Optional.of(new Minute.Limits(1, 10)) : Optional.empty());
        List<Minute> minutes =
                IntStream.range(0, 100).mapToObj(i -> minute(random, i)).toList();

        List<MinuteStretch> read = MinuteReader.read(Stream.concat(
                Stream.of(MinuteWriter.header(header)), minutes.stream().map(MinuteWriter::line)));

        assertThat(read).containsExactly(new MinuteStretch(header, minutes));
        assertThat(header.parsed()).isInstanceOf(ParsedTrigger.Valid.class);
    }

    static IntStream seeds() {
        return IntStream.range(0, 20);
    }

    private static Minute minute(Random random, int number) {
        int reports = random.nextInt(60);
        Map<HoldReason, Integer> holds = new EnumMap<>(HoldReason.class);
        for (HoldReason reason : HoldReason.values()) {
            if (random.nextInt(4) == 0) {
                holds.put(reason, 1 + random.nextInt(20));
            }
        }
        Minute.Decided decided =
                new Minute.Decided(reports, holds, random.nextInt(3), random.nextInt(60), range(random, 20));
        Optional<Range> demand = decided.total() == 0 ? Optional.empty() : range(random, 1000);
        return new Minute(
                BEGINNING.plus(Duration.ofMinutes(number)),
                decided,
                demand,
                demand.isPresent() ? 1 + random.nextInt(decided.total()) : 0,
                amount(random, 1),
                random.nextInt(5) == 0
                        ? Optional.empty()
                        : Optional.of(new Minute.Replicas(
                                whole(random),
                                whole(random),
                                whole(random),
                                amount(random, 9).orElse(0),
                                amount(random, 9).orElse(0),
                                amount(random, 9).orElse(0),
                                amount(random, 9).orElse(0))),
                new Minute.Traffic(
                        range(random, 300),
                        range(random, 50),
                        amount(random, 1e5),
                        amount(random, 1e4),
                        amount(random, 1e-3)),
                lengths(random),
                lengths(random),
                amount(random, 20));
    }

    private static List<Duration> lengths(Random random) {
        return IntStream.range(0, random.nextInt(4))
                .mapToObj(_ -> Duration.ofMillis(100L * random.nextInt(10_000)))
                .toList();
    }

    private static Range whole(Random random) {
        return Range.of(random.nextInt(10));
    }

    private static Optional<Range> range(Random random, double most) {
        double[] three = random.doubles(3, 0, most).map(Range::kept).sorted().toArray();
        return random.nextInt(5) == 0 ? Optional.empty() : Optional.of(new Range(three[0], three[1], three[2]));
    }

    private static OptionalDouble amount(Random random, double most) {
        return random.nextInt(5) == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Range.kept(random.nextDouble() * most));
    }

    @Test
    void whatIsUnknownIsLeftOutAndStaysUnknown() {
        Minute nothingKnown = new Minute(
                BEGINNING,
                new Minute.Decided(0, Map.of(), 60, 0, Optional.empty()),
                Optional.empty(),
                0,
                OptionalDouble.empty(),
                Optional.empty(),
                Minute.Traffic.UNKNOWN,
                List.of(),
                List.of(),
                OptionalDouble.empty());

        assertThat(MinuteWriter.line(nothingKnown)).isEqualTo("{\"t\":\"2026-01-31T12:00Z\",\"u\":60,\"a\":0}");
        assertThat(MinuteReader.read(Stream.of(HEADER, MinuteWriter.line(nothingKnown)))
                        .getFirst()
                        .minutes())
                .containsExactly(nothingKnown);
    }

    @Test
    void whatTheFirstVersionWroteIsReadAndHadNoOtherNames() {
        String first = HEADER.replace("\"version\":2", "\"version\":1");
        String line = "{\"t\":\"2026-01-31T12:00Z\",\"a\":0,\"z\":[90]}";

        assertThat(minutes(first, line)).isEqualTo(1);
        assertThat(minutes(first, line, HEADER, line.replace("\"z\"", "\"g\""))).isEqualTo(2);
        assertThatThrownBy(() -> minutes(first, line.replace("\"z\"", "\"g\"")))
                .hasMessage("line 2: g: expected one of the names of version 1");
    }

    @Test
    void aLineThatWasCutAnywhereCostsThatLineAndNoMore() {
        for (int length = 0; length < LINE.length(); length++) {
            String cut = LINE.substring(0, length);

            assertThat(minutes(HEADER, LINE, cut)).isEqualTo(1);
            // After a start there is a header again
            assertThat(minutes(HEADER, LINE, cut, HEADER, LINE)).isEqualTo(2);
        }
        // A disk that stays full leaves several
        assertThat(minutes(HEADER, LINE, "{\"t\"", "{\"for", "{", HEADER, LINE)).isEqualTo(2);
        String zeros = "\0".repeat(200);
        assertThat(minutes(HEADER, LINE, zeros)).isEqualTo(1);
    }

    @Test
    void aCutHeaderCostsThatLineAndNoMore() {
        for (int length = 0; length < HEADER.length(); length++) {
            assertThat(minutes(HEADER, LINE, HEADER.substring(0, length))).isEqualTo(1);
        }
    }

    private static long minutes(String... lines) {
        return MinuteReader.read(Stream.of(lines)).stream()
                .mapToInt(stretch -> stretch.minutes().size())
                .sum();
    }

    @Test
    void aClockThatWasSetBackBringsNoMinuteBeforeAnother() {
        List<Instant> moments = new ArrayList<>();
        for (MinuteStretch stretch : MinuteReader.read(Stream.of(HEADER, line(5), line(3), line(5), HEADER, line(6)))) {
            stretch.minutes().forEach(minute -> moments.add(minute.at()));
        }

        assertThat(moments)
                .containsExactly(BEGINNING.plusSeconds(300), BEGINNING.plusSeconds(300), BEGINNING.plusSeconds(360));
    }

    private static String line(int number) {
        return MinuteWriter.line(minute(new Random(number), number));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"t":"2026-01-31T12:00Z","r":60,"a":60,"d":-1,"k":60}            | line 3: d = -1: expected a number of at least 0
        {"t":"2026-01-31T12:00Z","r":60,"a":60,"d":[3,2,1],"k":60}       | line 3: [3.0, 2.0, 1.0]: expected lowest, mean and highest, at least 0 and in order
        {"t":"2026-01-31T12:00Z","r":60,"a":60,"d":[1,2],"k":60}         | line 3: d = [1,2]: expected a number of at least 0
        {"t":"2026-01-31T12:00Z","r":60,"a":60,"d":"1","k":60}           | line 3: d = "1": expected a number of at least 0
        {"t":"2026-01-31T12:00Z","r":60,"a":60,"d":1e999,"k":60}         | line 3: d = "Infinity": expected a number of at least 0
        {"t":"2026-01-31T12:00Z","r":60,"a":60,"d":1}                    | line 3: knownDemand = 0, must be above 0 where there is a demand, and at most the number of decisions
        {"t":"2026-01-31T12:00Z","r":60}                                 | line 3: a = (missing): expected a whole number of at least 0
        {"t":"2026-01-31T12:00Z","r":1.5,"a":60}                         | line 3: r = 1.5: expected a whole number of at least 0
        {"t":"2026-01-31T12:00Z","a":0,"w":3}                            | line 3: p = (missing): expected a number or three beside w
        {"t":"2026-01-31T12:00Z","a":0,"h":{"lunch":1}}                  | line 3: h: expected reasons of a hold, got lunch
        {"t":"2026-01-31T12:00:30Z","a":0}                               | line 3: at = 2026-01-31T12:00:30Z, must be the beginning of a minute
        {"t":"yesterday","a":0}                                          | line 3: Text 'yesterday' could not be parsed at index 0
        {"t":"2026-01-31T12:00Z","a":0,"later":1}                        | line 3: later: expected one of the names of version 2
        {"t":"2026-01-31T12:00Z","a":0,"z":[-5]}                         | line 3: z = -5: expected a number of at least 0
        {"t":"2026-01-31T12:00Z","a":0,"g":["x"]}                        | line 3: g = "x": expected a number of at least 0
        {"t":"2026-01-31T12:00Z","a":0,"l":-1}                           | line 3: l = -1: expected a number of at least 0
        {"a":0}                                                          | line 3: t = (missing): expected a text
        [1,2]                                                            | line 3: t = (missing): expected a text
        {"format":"nim-scaler-recording","version":1}                    | line 3: expected format nim-scaler-history version 1 to 2, got nim-scaler-recording version 1
        {"format":"nim-scaler-history","version":3}                      | line 3: expected format nim-scaler-history version 1 to 2, got nim-scaler-history version 3
        {"format":"nim-scaler-history","version":0}                      | line 3: expected format nim-scaler-history version 1 to 2, got nim-scaler-history version 0
        {"format":"nim-scaler-history","version":1}                      | line 3: metadata = (missing): expected an object of texts
        """)
    void aLineThatIsNoneOfAHistoryIsRefused(String line, String message) {
        assertThatThrownBy(() -> minutes(HEADER, LINE, line, LINE))
                .isInstanceOf(HistoryException.class)
                .hasMessage(message);
    }

    @Test
    void anUnreadableLineBetweenMinutesIsRefusedByItsOwnNumber() {
        assertThatThrownBy(() -> minutes(HEADER, LINE, "{\"t\":", LINE))
                .hasMessage("line 3: expected a JSON object, got {\"t\":");
        assertThatThrownBy(() -> minutes(HEADER, LINE, "one", "two", LINE))
                .hasMessageStartingWith("line 3: expected a JSON");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        hello                                         | line 1: expected a JSON object, got hello
        {"t":"2026-01-31T12:00Z","a":0}               | line 1: expected a header, got {"t":"2026-01-31T12:00Z","a":0}
        # HELP up                                     | line 1: expected a JSON object, got # HELP up
        {"format":"nim-scaler-history","version":9}   | line 1: expected format nim-scaler-history version 1 to 2, got nim-scaler-history version 9
        """)
    void aForeignFileIsRefusedAtItsFirstLine(String line, String message) {
        assertThatThrownBy(() -> minutes(line))
                .isInstanceOf(HistoryException.class)
                .hasMessage(message);
    }

    @Test
    void aLineThatIsTooLongIsRefused() {
        assertThatThrownBy(() -> minutes(HEADER, "x".repeat(MinuteReader.LONGEST_LINE + 1)))
                .hasMessage("line 2: expected at most 65536 characters, got 65537");
    }
}
