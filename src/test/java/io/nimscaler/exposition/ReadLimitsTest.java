package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadLimitsTest {
    private static final MetricNames USAGE = MetricNames.of(List.of("usage"));

    @Test
    void aBodyMayBeAsLongAsTheLimitAndNoLonger() {
        assertThat(read("x 1\nusage 1\n", new ReadLimits(12, 100, 9, 9))).isInstanceOf(Exposition.Parsed.class);
        assertThat(read("x 1\nusage 1\n", new ReadLimits(11, 100, 9, 9)))
                .isEqualTo(new Exposition.TooLarge(2, 8, "expected a body of at most 11 bytes, got more"));
    }

    @Test
    void anEndlessBodyIsKnownToBeRefusedWhileItStreams() {
        ExpositionReader reader = new ExpositionReader(USAGE, new ReadLimits(1000, 100, 9, 9));
        byte[] chunk = new byte[300];

        for (int sent = 0; sent < 10; sent++) {
            assertThat(reader.isRefused()).isEqualTo(sent > 3);
            reader.read(chunk, 0, chunk.length);
        }

        assertThat(Bodies.message(reader.finish()))
                .isEqualTo("line 1, column 1001: expected a body of at most 1000 bytes, got more");
    }

    @Test
    void aWantedLineMayBeAsLongAsTheLimitAndNoLonger() {
        assertThat(read("usage 1234\nusage 1234", new ReadLimits(100, 10, 9, 9)))
                .isInstanceOf(Exposition.Parsed.class);
        assertThat(read("usage 1234\nusage 12345", new ReadLimits(100, 10, 9, 9)))
                .isEqualTo(new Exposition.TooLarge(2, 11, "expected a line of at most 10 bytes, got more"));
    }

    @Test
    void unwantedLinesMayBeOfAnyLength() {
        String body = "# a long comment\nother_metric 12345\nusage_by_reason 1\nusage 1\nand_more 12345";

        assertThat(Bodies.series(read(body, new ReadLimits(100, 10, 9, 9)))).hasSize(1);
    }

    @Test
    void aSeriesMayHaveAsManyLabelsAsTheLimitAndNoMore() {
        assertThat(read("usage{a=\"\",b=\"\"} 1", new ReadLimits(100, 100, 2, 9)))
                .isInstanceOf(Exposition.Parsed.class);
        assertThat(read("usage{a=\"\",b=\"\",c=\"\"} 1", new ReadLimits(100, 100, 2, 9)))
                .isEqualTo(new Exposition.TooLarge(1, 17, "expected at most 2 labels, got 'c'"));
    }

    @Test
    void asManySeriesAreKeptAsTheLimitAndNoMore() {
        assertThat(read("usage 1\nusage 2\nx 3\n", new ReadLimits(100, 100, 2, 2)))
                .isInstanceOf(Exposition.Parsed.class);
        assertThat(read("usage 1\nusage 2\nx 3\nusage 4\n", new ReadLimits(100, 100, 2, 2)))
                .isEqualTo(new Exposition.TooLarge(4, 1, "expected at most 2 series, got more"));
    }

    @Test
    void wantedLinesMayBeAsLongTogetherAsTheLimitAndNoLonger() {
        assertThat(read("usage 1\nx 12345678\nusage 2\n", new ReadLimits(100, 100, 2, 9, 14, 9)))
                .isInstanceOf(Exposition.Parsed.class);
        assertThat(read("usage 1\nx 12345678\nusage 22\n", new ReadLimits(100, 100, 2, 9, 14, 9)))
                .isEqualTo(new Exposition.TooLarge(3, 1, "expected wanted lines of at most 14 bytes in all, got more"));
    }

    @Test
    void allSeriesMayHaveAsManyLabelsTogetherAsTheLimitAndNoMore() {
        assertThat(read("usage{a=\"\"} 1\nusage{a=\"1\",b=\"\"} 1\n", new ReadLimits(100, 100, 2, 9, 99, 3)))
                .isInstanceOf(Exposition.Parsed.class);
        assertThat(read("usage{a=\"\"} 1\nusage{a=\"1\",b=\"\"} 1\n", new ReadLimits(100, 100, 2, 9, 99, 2)))
                .isEqualTo(new Exposition.TooLarge(2, 1, "expected at most 2 labels in all, got more"));
    }

    /** Within all other bounds, 3.6 MB of it were 33 MB in memory. */
    @Test
    void manySeriesOfManyLabelsAreTooMuchToKeep() {
        String labels = IntStream.range(0, 60).mapToObj(i -> "l" + i + "=\"v\"").collect(Collectors.joining(","));
        String body = IntStream.range(0, 4000)
                .mapToObj(i -> "usage{n=\"" + i + "\"," + labels + "} 1\n")
                .collect(Collectors.joining());
        byte[] bytes = body.getBytes(UTF_8);
        ExpositionReader reader = new ExpositionReader(USAGE, ReadLimits.DEFAULT);
        reader.read(bytes, 0, bytes.length);
        assertThat(reader.keptBytes()).isLessThanOrEqualTo(1_500_000);
        assertThat(Bodies.message(reader.finish())).contains("expected at most 32768 labels in all, got more");
        assertThat(reader.keptBytes()).isZero();
    }

    /** Names take memory, too, and so does a line of which only the beginning has come. */
    @Test
    void namesOfASurveyAndAnOpenLineCountAsKept() {
        byte[] names = "some_name_or_other 1\n".repeat(3).getBytes(UTF_8);
        ExpositionReader reader = new ExpositionReader(USAGE.surveyed(), ReadLimits.DEFAULT);
        reader.read(names, 0, names.length);
        assertThat(reader.keptBytes()).isEqualTo(48);
        byte[] open = "x".repeat(40_000).getBytes(UTF_8);
        reader.read(open, 0, open.length);
        assertThat(reader.keptBytes()).isBetween(48 + 16_000, 48 + 17_000);
        reader.finish();
        assertThat(reader.keptBytes()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "0,    1,    1,    1, 'body-bytes = 0, must be in [1, 1073741824]'",
        "1,    0,    1,    1, 'line-bytes = 0, must be in [1, 1048576]'",
        "1,    1,   -1,    1, 'labels = -1, must be in [0, 1024]'",
        "1,    1,    1,    0, 'series = 0, must be in [1, 1048576]'",
    })
    void aLimitOutOfRangeIsRefused(int bodyBytes, int lineBytes, int labels, int series, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReadLimits(bodyBytes, lineBytes, labels, series))
                .withMessage(message);
    }

    /** Reads in one chunk, and again in many random ones: limits must not depend on how a body arrives. */
    private static Exposition read(String text, ReadLimits limits) {
        byte[] body = text.getBytes(UTF_8);
        Exposition whole = Bodies.readSplit(body, USAGE, limits, body.length);
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            assertThat(Bodies.readInRandomChunks(body, USAGE, limits, random)).isEqualTo(whole);
        }
        return whole;
    }
}
