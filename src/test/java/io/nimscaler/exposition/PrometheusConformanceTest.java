package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Gatherers;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What Prometheus itself accepts and rejects, after the lists in its {@code model/textparse/promparse_test.go} and its
 * {@code parseFloat}; where we differ is said at the row. In these inputs one character is one byte.
 */
class PrometheusConformanceTest {

    static Stream<Arguments> accepted() {
        return Stream.of(
                arguments("m{quantile=\"0\"} 4.9351e-05", series("m", 4.9351e-05, "quantile", "0")),
                arguments("m{q=\"0.25\",} 7.424100000000001e-05", series("m", 7.424100000000001e-05, "q", "0.25")),
                arguments("m{q=\"0.5\",a=\"b\"} 1", series("m", 1, "q", "0.5", "a", "b")),
                arguments("m{q=\"0.8\", a=\"b\"} 1", series("m", 1, "q", "0.8", "a", "b")),
                arguments("m{ q=\"0.9\", a=\"b\"} 1", series("m", 1, "q", "0.9", "a", "b")),
                arguments("m{ q=\"1.0\", a=\"b\" } 1", series("m", 1, "q", "1.0", "a", "b")),
                arguments("m { q= \"1.0\", a= \"b\", } 1", series("m", 1, "q", "1.0", "a", "b")),
                arguments("m { q = \"1.0\", a = \"b\" } 1", series("m", 1, "q", "1.0", "a", "b")),
                arguments("m { q = \"2.0\" a = \"b\" } 1", series("m", 1, "q", "2.0", "a", "b")),
                arguments("some:aggregate:rate5m{a_b=\"c\"}\t1", series("some:aggregate:rate5m", 1, "a_b", "c")),
                arguments("go_goroutines 33  \t123123", timed("go_goroutines", 33, 123123)),
                arguments("m 1 9223372036854775807", timed("m", 1, Long.MAX_VALUE)),
                arguments("_m 1", series("_m", 1)),
                arguments(":m 1", series(":m", 1)),
                arguments(" \tm\t1\t ", series("m", 1)),
                arguments("m{} 1", series("m", 1)),
                arguments("m{ } 1", series("m", 1)),
                arguments("m{_l=\"foo\"} 1", series("m", 1, "_l", "foo")),
                arguments("m{l=\"\"} 1", series("m", 1, "l", "")),
                arguments("m{l=\"{},= #\"}1", series("m", 1, "l", "{},= #")),
                arguments("m{l=\"\\\"bar\\\"\"} 1", series("m", 1, "l", "\"bar\"")),
                arguments("m{l=\"a\\\\n\\nb\\t\"} 1", series("m", 1, "l", "a\\n\nb\\t")),
                arguments("m{a=\"abc\0\"} 1", series("m", 1, "a", "abc\0")),
                arguments("m{a=\"\0ss\"} 1\n", series("m", 1, "a", "\0ss")),
                arguments("{\"go.gc\",q=\"0\"} 1", series("go.gc", 1, "q", "0")),
                arguments("{\"go.gc\",q=\"0\",} 1", series("go.gc", 1, "q", "0")),
                arguments("{ \"go.gc\", q = \"0\", a = \"b\" } 1", series("go.gc", 1, "q", "0", "a", "b")),
                arguments("{q=\"0\",\"go.gc\"} 1", series("go.gc", 1, "q", "0")),
                arguments("{\"go.gc_count\"} 99", series("go.gc_count", 99)),
                arguments(
                        "{\"Heiz\u00c3\u00b6l \\\"10\\\" {x\\ny}\",\"strange'\\n\"=\"6\"} 10.0",
                        series("Heiz\u00f6l \"10\" {x\ny}", 10, "strange'\n", "6")),
                // Prometheus takes exemplars in OpenMetrics only, and fails at a carriage return.
                arguments("m_total 3 # {trace_id=\"x\"} 0.5", series("m_total", 3)),
                arguments("m_total 3 17 # {trace_id=\"x\"} 0.5 1.2", timed("m_total", 3, 17)),
                arguments("m 1\r\n", series("m", 1)));
    }

    @ParameterizedTest
    @MethodSource
    void accepted(String input, SampleLine expected) {
        assertThat(Bodies.series(Bodies.read(input.getBytes(ISO_8859_1), MetricNames.any())))
                .containsExactly(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n\n \t\n", "# HELP m A summary.\n#\n# TYPE m summary\n# Hrandom\n#EOF", "# HELP m foo\0bar"
            })
    void blankLinesAndCommentsHoldNothing(String input) {
        assertThat(Bodies.series(Bodies.read(input.getBytes(ISO_8859_1), MetricNames.any())))
                .isEmpty();
    }

    static Stream<Arguments> rejected() {
        return Stream.of(
                arguments("a", "column 2: expected value, got end of line"),
                arguments("a \n", "column 3: expected value, got end of line"),
                arguments("a{}\n", "column 4: expected value, got end of line"),
                arguments("a{} {}\n", "column 5: expected value, got '{'"),
                arguments("a{b='c'} 1\n", "column 5: expected label value, got '\\''"),
                arguments("a{b=\n", "column 5: expected label value, got end of line"),
                arguments("a{b=c} 1\n", "column 5: expected label value, got 'c'"),
                arguments("a{b} 1\n", "column 4: expected '=' after label name, got '}'"),
                arguments("a{b 1\n", "column 5: expected '=' after label name, got '1'"),
                arguments("a{\u00ff=\"foo\"} 1\n", "column 3: expected label name or '}', got '\\xff'"),
                arguments("a{b=\"\u00ff\"} 1\n", "column 5: expected UTF-8 in label value, got '\"\\xff\"'"),
                arguments("{\"a\u00ff\"} 1\n", "column 2: expected UTF-8 in label name, got '\"a\\xff\"'"),
                arguments("{\"a\", \"b = \"c\"}", "column 13: expected '=' after label name, got 'c'"),
                arguments("{\"a\",b\\nc=\"d\"} 1", "column 7: expected '=' after label name, got '\\\\'"),
                arguments("{\"a\" b=\"c\"} 1", "column 6: expected '=' after label name, got 'b'"),
                arguments("a true\n", "column 3: expected value, got 'true'"),
                arguments("a 1 true\n", "column 5: expected timestamp or end of line, got 't'"),
                arguments("w{problem=\"", "column 12: expected '\"' at the end of label value, got end of line"),
                arguments("w{problem=\"x\\\"", "column 15: expected '\"' at the end of label value, got end of line"),
                arguments("w{\"", "column 4: expected '\"' at the end of label name, got end of line"),
                arguments("w{=\"\"} 0", "column 3: expected label name or '}', got '='"),
                arguments("w{,} 0", "column 3: expected label name or '}', got ','"),
                arguments("w{a=\"b\",,} 0", "column 9: expected label name or '}', got ','"),
                arguments("w{1a=\"b\"} 0", "column 3: expected label name or '}', got '1'"),
                arguments("w{a:b=\"b\"} 0", "column 4: expected '=' after label name, got ':'"),
                arguments("w{", "column 3: expected label name or '}', got end of line"),
                arguments("w{a=\"b\" 0", "column 9: expected label name or '}', got '0'"),
                arguments("foo 0 1_2\n", "column 8: expected end of line after timestamp, got '_'"),
                arguments("foo 0 1.5\n", "column 8: expected end of line after timestamp, got '.'"),
                arguments("foo 0 -1\n", "column 7: expected timestamp or end of line, got '-'"),
                arguments("foo 0 1 2\n", "column 9: expected end of line after timestamp, got '2'"),
                arguments("foo 0 1# {} 1\n", "column 8: expected end of line after timestamp, got '#'"),
                arguments(
                        "foo 0 9223372036854775808\n",
                        "column 7: expected timestamp of at most 64 bits, got '9223372036854775808'"),
                arguments("foo 1#\n", "column 5: expected value, got '1#'"),
                arguments("foo 1{\n", "column 6: expected timestamp or end of line, got '{'"),
                arguments("{a=\"ok\"} 1", "column 9: expected quoted metric name among the labels, got none"),
                arguments("{} 1", "column 3: expected quoted metric name among the labels, got none"),
                arguments("{\"a\",\"b\"} 1", "column 6: expected one metric name, got '\"b\"'"),
                arguments("a{\"b\"} 1", "column 3: expected one metric name, got '\"b\"'"),
                arguments("= 1", "column 1: expected metric name, got '='"),
                arguments("1a 1", "column 1: expected metric name, got '1'"),
                arguments("a\0{b=\"ddd\"} 1", "column 2: expected blank or '{' after metric name, got '\\x00'"),
                arguments("a{b=\0\"ssss\"} 1\n", "column 5: expected label value, got '\\x00'"),
                arguments("a{b=\"\0", "column 7: expected '\"' at the end of label value, got end of line"),
                arguments("a{b\0=\"hiih\"}\t1", "column 4: expected '=' after label name, got '\\x00'"),
                arguments("a 0 1\0", "column 6: expected end of line after timestamp, got '\\x00'"),
                arguments("a\r1\n", "column 2: expected blank or '{' after metric name, got '\\r'"),
                // Prometheus rejects these too, though not in its parser.
                arguments(
                        "a{b=\"1\",b=\"1\"} 1",
                        "column 9: expected another label name, since each may occur once, got 'b'"),
                arguments(
                        "a{__name__=\"b\"} 1",
                        "column 3: expected another label name, since each may occur once, got '__name__'"),
                arguments("{\"\"} 1", "column 2: expected metric name, got '\"\"'"),
                arguments("{\"a\",\"\"=\"b\"} 1", "column 6: expected label name, got '\"\"'"),
                // Prometheus takes these: a raw newline in a label value, a value glued to a bare name.
                arguments("a{b=\"c\nd\"} 1", "column 7: expected '\"' at the end of label value, got end of line"),
                arguments("a-5", "column 2: expected blank or '{' after metric name, got '-'"),
                // However long the value, the message is short.
                arguments("a " + "x".repeat(1000), "column 3: expected value, got '" + "x".repeat(32) + "\u2026'"));
    }

    @ParameterizedTest
    @MethodSource
    void rejected(String input, String error) {
        byte[] body = ("ok 1\n" + input).getBytes(ISO_8859_1);

        assertThat(Bodies.message(Bodies.read(body, MetricNames.any()))).isEqualTo("line 2, " + error);
    }

    private static SampleLine series(String name, double value, String... labels) {
        Map<String, String> map = new LinkedHashMap<>();
        for (List<String> label :
                Arrays.stream(labels).gather(Gatherers.windowFixed(2)).toList()) {
            map.put(label.getFirst(), label.getLast());
        }
        return new SampleLine(name, map, value, OptionalLong.empty());
    }

    private static SampleLine timed(String name, double value, long timestampMillis) {
        return new SampleLine(name, Map.of(), value, OptionalLong.of(timestampMillis));
    }
}
