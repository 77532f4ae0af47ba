package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIndexOutOfBoundsException;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpositionReaderTest {
    private static final SampleLine USAGE = new SampleLine("usage", Map.of("engine", "0"), 0.97, OptionalLong.empty());

    @Test
    void aLongerNameIsAnotherMetric() {
        Exposition exposition = Bodies.read("""
                usage_by_reason{engine="0"} 1
                usage_ 2
                usage:rate 3
                usage2 4
                usage.total 5
                usag 6
                usage{engine="0"} 0.97
                """, "usage");

        assertThat(Bodies.series(exposition)).containsExactly(USAGE);
    }

    @Test
    void brokenLinesOfOtherMetricsDoNotBlindUs() {
        Exposition exposition = Bodies.read("""
                other{a='b'} 1
                other{a="b
                another 0,7
                {"quoted", a=} 1
                {a="never named"} 1
                {"quoted
                \0\1\2
                usage{engine="0"} 0.97
                """, "usage");

        assertThat(Bodies.series(exposition)).containsExactly(USAGE);
    }

    @Test
    void commentsAreSkippedWhateverTheySay() {
        Exposition exposition = Bodies.read("""
                # HELP usage usage{engine="0"} 0.5
                # TYPE usage no-such-type
                #usage 1
                  # usage 2
                usage{engine="0"} 0.97
                # EOF
                """, "usage", "#usage");

        assertThat(Bodies.series(exposition)).containsExactly(USAGE);
    }

    @Test
    void theFirstMalformedWantedLineMakesTheWholeBodyMalformed() {
        Exposition exposition = Bodies.read("""
                # fine
                usage{engine="0"} 0.97
                usage{engine='1'} 0.5
                usage{engine="2"} 0,5
                """, "usage");

        assertThat(exposition)
                .isEqualTo(new Exposition.Malformed(3, 14, "expected label value, got '\\''"))
                .extracting(Bodies::message)
                .isEqualTo("line 3, column 14: expected label value, got '\\''");
    }

    @Test
    void aQuotedNameIsTheSameMetricAsABareOne() {
        Exposition exposition = Bodies.read("""
                {"usage",engine="0"} 0.97
                { engine = "0" , "usage" , } 0.97
                {"usage_by_reason",engine="0"} 1
                """, "usage");

        assertThat(Bodies.series(exposition)).containsExactly(USAGE, USAGE);
    }

    @Test
    void aQuotedWantedLineIsMalformedOnceItsNameIsKnown() {
        assertThat(Bodies.message(Bodies.read("{\"usage\", engine=0} 1", "usage")))
                .isEqualTo("line 1, column 18: expected label value, got '0'");
        assertThat(Bodies.series(Bodies.read("{engine=0, \"usage\"} 1", "usage")))
                .isEmpty();
    }

    @Test
    void windowsLineEndsAreLineEnds() {
        Exposition exposition =
                Bodies.read("# HELP\r\n\r\nusage{engine=\"0\"} 0.97\r\nusage{engine=\"0\"} 0.97\r", "usage");

        assertThat(Bodies.series(exposition)).containsExactly(USAGE, USAGE);
    }

    @Test
    void aBodyWithoutTheGaugeIsParsedAndHasNoSeries() {
        assertThat(Bodies.read("other 1\n", "usage")).isEqualTo(new Exposition.Parsed(List.of(), 8));
        assertThat(Bodies.read("", "usage")).isEqualTo(new Exposition.Parsed(List.of(), 0));
        assertThat(Bodies.read("usage 1\n")).isEqualTo(new Exposition.Parsed(List.of(), 8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "[{\"gpuMemUsage\":76665782272,\"iter\":154,\"kvCacheStats\":{\"usedNumBlocks\":3}}]",
                "{\"detail\":\"Not Found\"}\n",
                "<html><body>gpu_cache_usage_perc 0</body></html>"
            })
    void whatIsNoExpositionHasNoSeries(String body) {
        assertThat(Bodies.series(Bodies.read(body, "gpu_cache_usage_perc", "trtllm_kv_cache_utilization")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "usage{model=\"caf\u00e9 \u20ac \ud83d\ude80\",path=\"a\\\\b\\\"c\\nd\"} 0.38449999999999995 1700000000000\r\n",
                "# HELP x\n  usage\t{a=\"b\", } +1.5e+011 # {trace=\"x\"} 1\n\nusage NaN\nother 1",
                "{\"us\\\"age\u00e9\",a=\"b\"} -Inf 12\n\n\nx 1\n",
                "usage 1\nusage{a=\"b\"} 0,7\nusage 2\n",
                "usage{a=\"\u00e9",
                "x 1\nusage{a=\"b\",a=\"c\"} 1\n"
            })
    void everySplitPointGivesTheSame(String text) {
        byte[] body = text.getBytes(UTF_8);
        for (MetricNames wanted : List.of(MetricNames.any(), MetricNames.of(List.of("usage", "x")))) {
            Exposition whole = Bodies.read(body, wanted);
            for (int i = 0; i <= body.length; i++) {
                for (int j = i; j <= body.length; j++) {
                    assertThat(Bodies.readSplit(body, wanted, ReadLimits.DEFAULT, i, j, body.length))
                            .isEqualTo(whole);
                }
            }
        }
    }

    @Test
    void aFinishedReaderReadsTheNextBodyAsIfItWereNew() {
        ExpositionReader reader = new ExpositionReader(MetricNames.of(List.of("usage")), ReadLimits.DEFAULT);
        byte[] malformed = "\nusage{engine='0'} 1\nusa".getBytes(UTF_8);
        byte[] parsed = "usage{engine=\"0\"} 0.97".getBytes(UTF_8);

        reader.read(malformed, 0, malformed.length);
        assertThat(reader.isRefused()).isTrue();
        assertThat(Bodies.message(reader.finish())).startsWith("line 2, column 14: ");
        assertThat(reader.isRefused()).isFalse();

        for (int round = 0; round < 2; round++) {
            reader.read(parsed, 0, parsed.length);
            assertThat(reader.finish()).isEqualTo(new Exposition.Parsed(List.of(USAGE), parsed.length));
        }
    }

    @Test
    void onlyTheGivenPartOfAChunkIsRead() {
        ExpositionReader reader = new ExpositionReader(MetricNames.of(List.of("usage")), ReadLimits.DEFAULT);
        byte[] chunk = "XXusage{engine=\"0\"} 0.971\nusage 2".getBytes(UTF_8);

        reader.read(chunk, 2, 22);

        assertThat(reader.finish()).isEqualTo(new Exposition.Parsed(List.of(USAGE), 22));
        assertThatIndexOutOfBoundsException().isThrownBy(() -> reader.read(chunk, 30, 5));
    }

    @Test
    void aChunkMayBeOverwrittenOnceItIsRead() {
        ExpositionReader reader = new ExpositionReader(MetricNames.of(List.of("usage")), ReadLimits.DEFAULT);
        byte[] buffer = new byte[5];
        byte[] body = "usage{engine=\"0\"} 0.97".getBytes(UTF_8);

        for (int offset = 0; offset < body.length; offset += buffer.length) {
            int length = Math.min(buffer.length, body.length - offset);
            System.arraycopy(body, offset, buffer, 0, length);
            reader.read(buffer, 0, length);
        }

        assertThat(Bodies.series(reader.finish())).containsExactly(USAGE);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "x,       # TYPE x gauge,       GAUGE",
        "x,       # TYPE x counter,     COUNTER",
        "x_total, # TYPE x counter,     COUNTER",
        "x_sum,   # TYPE x summary,     SUMMARY",
        "x_count, # TYPE x histogram,   HISTOGRAM",
        "x_bucket,# TYPE x histogram,   HISTOGRAM",
        "x_sum,   # TYPE x gauge,       UNKNOWN",
        "x,       # TYPE x untyped,     UNKNOWN",
        "x,       # TYPE x_other counter, UNKNOWN",
        "x,       # TYPE x,             UNKNOWN",
        "x,       # HELP x counter,     UNKNOWN",
        "a_name_longer_than_a_word, # TYPE a_name_longer_than_a_word counter, COUNTER"
    })
    void typeOfASeriesIsThatOfTheLineBefore(String name, String line, MetricType expected) {
        byte[] body = (line + "\n" + name + " 1\n# TYPE another gauge\nanother 2").getBytes(UTF_8);
        MetricNames wanted = MetricNames.of(List.of(name));
        for (int split = 0; split <= body.length; split++) {
            Exposition read = Bodies.readSplit(body, wanted, ReadLimits.DEFAULT, split, body.length);
            assertThat(Bodies.series(read)).extracting(SampleLine::type).containsExactly(expected);
        }
    }

    @Test
    void typeOfOneBodyIsForgottenWithIt() {
        ExpositionReader reader = new ExpositionReader(MetricNames.of(List.of("x")), ReadLimits.DEFAULT);
        byte[] typed = "# TYPE x counter\nx 1\n".getBytes(UTF_8);
        reader.read(typed, 0, typed.length);
        reader.finish();
        byte[] bare = "x 1\n".getBytes(UTF_8);
        reader.read(bare, 0, bare.length);
        assertThat(Bodies.series(reader.finish())).extracting(SampleLine::type).containsExactly(MetricType.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({
        "x 1 1767225600,             1767225600000",
        "x 1 1767225600.250,         1767225600250",
        "x 1 1.7672256e9 # {a=\"b\"} 1, 1767225600000",
        "x 1 -1,",
        "x 1 NaN,",
        "x 1 1e300,",
        "x 1 1767225600 7,"
    })
    void timestampsOfOpenMetricsAreSeconds(String line, Long millis) {
        ExpositionReader reader = new ExpositionReader(
                MetricNames.of(List.of("x")),
                ReadLimits.DEFAULT,
                BodyFormat.of("application/openmetrics-text; version=1.0.0; charset=utf-8"));
        byte[] body = line.getBytes(UTF_8);
        reader.read(body, 0, body.length);
        Exposition read = reader.finish();
        if (millis == null) {
            assertThat(read).isInstanceOf(Exposition.Malformed.class);
        } else {
            assertThat(Bodies.series(read))
                    .extracting(SampleLine::timestampMillis)
                    .containsExactly(OptionalLong.of(millis));
        }
    }

    @Test
    void surveyNamesWhatABodyHasAndNoMoreThanMayBe() {
        StringBuilder body = new StringBuilder("# TYPE seen histogram\nseen_bucket{le=\"1\"} 2\n{}\n<html>\nx 1\n");
        for (int i = 0; i < 3000; i++) {
            body.append("n").append(i).append(" 1\n");
        }
        byte[] bytes = body.append("y".repeat(101)).append(" 1\n").toString().getBytes(UTF_8);
        MetricNames wanted = MetricNames.of(List.of("wanted")).surveyed();
        Exposition.Parsed whole = (Exposition.Parsed) Bodies.read(bytes, wanted);
        assertThat(whole.contents().names())
                .hasSize(2000)
                .containsEntry("seen", MetricType.HISTOGRAM)
                .containsEntry("x", MetricType.UNKNOWN)
                .doesNotContainKeys("y".repeat(101), "{}", "<html>");
        assertThat(Bodies.readInRandomChunks(bytes, wanted, ReadLimits.DEFAULT, new Random(1)))
                .isEqualTo(whole);
        assertThat(((Exposition.Parsed) Bodies.read(bytes, MetricNames.of(List.of("wanted")))).contents())
                .isEqualTo(Contents.NOT_LOOKED_AT);
    }
}
