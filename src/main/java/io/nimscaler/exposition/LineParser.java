package io.nimscaler.exposition;

import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The grammar of one line, without its line end: {@code name{label="value",…} value timestamp # exemplar}, where a name in
 * quotes may also stand among the labels.
 *
 * <p>Every step returns whether to go on. One that does not has either made the cursor {@code fail} or found that the line
 * is about an unwanted metric. A line that fails before its name is known is unwanted, unless any name is wanted.
 */
final class LineParser {
    /** The year 10000, and what java.time can hold. */
    private static final double MOST_MILLIS = 253_402_300_800_000d;

    private final MetricNames wanted;
    private final MetricTypes types;
    private final BodyFormat format;
    private final int maxLabels;
    private final SeriesMemo memo;
    private final Cursor cursor = new Cursor();
    private final Decimal value = new Decimal();
    private final Decimal seconds = new Decimal();
    private String[] namesAndValues = new String[16];
    private int labelsEnd;
    private Map<String, String> labels = Map.of();
    private boolean named;
    private @Nullable String name;
    private OptionalLong timestamp = OptionalLong.empty();

    LineParser(MetricNames wanted, MetricTypes types, BodyFormat format, int maxLabels, SeriesMemo memo) {
        this.memo = memo;
        this.wanted = wanted;
        this.types = types;
        this.format = format;
        this.maxLabels = maxLabels;
    }

    Line parse(byte[] bytes, int from, int to) {
        cursor.reset(bytes, from, to);
        labelsEnd = 0;
        named = false;
        name = null;
        timestamp = OptionalLong.empty();
        boolean complete = beginning(bytes, from, to) && value() && timestamp();
        if (complete && name != null) {
            return new Line.Wanted(new SampleLine(name, labels, value.value(), timestamp, types.of(name)));
        }
        Line broken = name != null || wanted.isAny() ? cursor.broken() : null;
        return broken != null ? broken : Line.Unwanted.UNWANTED;
    }

    /** The name and the labels. */
    private boolean beginning(byte[] bytes, int from, int to) {
        int end = SeriesMemo.endOf(bytes, from, to);
        SeriesMemo.Beginning known = end < 0 ? null : memo.find(bytes, from, end);
        if (known != null && wanted.isWanted(known.name()) && known.labels().size() <= maxLabels) {
            name = known.name();
            labels = known.labels();
            cursor.skipTo(end);
            return true;
        }
        if (!(sampleBegins() && metricName() && labels())) {
            return false;
        }
        labels = WrittenLabels.of(namesAndValues, labelsEnd);
        if (cursor.position() == end && name != null && labelsEnd > 0) {
            memo.remember(bytes, from, end, name, labels);
        }
        return true;
    }

    private boolean sampleBegins() {
        cursor.skipBlanks();
        return cursor.peek() != Cursor.END && cursor.peek() != '#';
    }

    /** A bare name reaches to the next blank or brace: {@code foo.bar} is not the metric {@code foo}, but no metric. */
    private boolean metricName() {
        if (cursor.peek() == '{') {
            return true;
        }
        int start = cursor.position();
        cursor.skipToken();
        int tokenEnd = cursor.position();
        named = true;
        name = wanted.find(cursor.bytes(), start, tokenEnd);
        if (name == null) {
            return false;
        }
        cursor.skipTo(start);
        cursor.skipMetricName();
        if (cursor.position() < tokenEnd) {
            return cursor.fail(cursor.position() == start ? "metric name" : "blank or '{' after metric name");
        }
        cursor.skipBlanks();
        return true;
    }

    private boolean labels() {
        if (cursor.peek() == '{') {
            cursor.skip();
            cursor.skipBlanks();
            while (cursor.peek() != '}') {
                if (!labelOrMetricName()) {
                    return false;
                }
                cursor.skipBlanks();
                // As in Prometheus, the comma may also trail or be missing.
                if (cursor.peek() == ',') {
                    cursor.skip();
                    cursor.skipBlanks();
                }
            }
            cursor.skip();
        }
        return named || cursor.fail(cursor.position(), "quoted metric name among the labels", "none");
    }

    private boolean labelOrMetricName() {
        int start = cursor.position();
        boolean quoted = cursor.peek() == '"';
        String text = quoted ? quoted("label name") : bareLabelName();
        if (text == null) {
            return false;
        }
        int nameEnd = cursor.position();
        cursor.skipBlanks();
        if (quoted && (cursor.peek() == ',' || cursor.peek() == '}')) {
            return quotedMetricName(text, start, nameEnd);
        }
        if (text.isEmpty()) {
            return cursor.failToken(start, nameEnd, "label name");
        }
        if (cursor.peek() != '=') {
            return cursor.fail("'=' after label name");
        }
        if (text.equals("__name__") || isLabel(text)) {
            return cursor.failToken(start, nameEnd, "another label name, since each may occur once");
        }
        if (labelsEnd == 2 * maxLabels) {
            return cursor.exceedToken(start, nameEnd, "at most " + maxLabels + " labels");
        }
        cursor.skip();
        return labelValue(text);
    }

    private boolean quotedMetricName(String text, int start, int nameEnd) {
        if (named) {
            return cursor.failToken(start, nameEnd, "one metric name");
        }
        if (text.isEmpty()) {
            return cursor.failToken(start, nameEnd, "metric name");
        }
        named = true;
        name = wanted.find(text);
        return name != null;
    }

    private @Nullable String bareLabelName() {
        int start = cursor.position();
        cursor.skipLabelName();
        if (cursor.position() == start) {
            cursor.fail("label name or '}'");
            return null;
        }
        return QuotedText.decode(cursor.bytes(), start, cursor.position());
    }

    private boolean labelValue(String labelName) {
        cursor.skipBlanks();
        if (cursor.peek() != '"') {
            return cursor.fail("label value");
        }
        String text = quoted("label value");
        if (text == null) {
            return false;
        }
        if (labelsEnd == namesAndValues.length) {
            namesAndValues = Arrays.copyOf(namesAndValues, 2 * labelsEnd);
        }
        namesAndValues[labelsEnd++] = labelName;
        namesAndValues[labelsEnd++] = text;
        return true;
    }

    private boolean isLabel(String text) {
        for (int i = 0; i < labelsEnd; i += 2) {
            if (namesAndValues[i].equals(text)) {
                return true;
            }
        }
        return false;
    }

    private @Nullable String quoted(String what) {
        int open = cursor.position();
        int close = QuotedText.closingQuote(cursor.bytes(), open + 1, cursor.end());
        cursor.skipTo(close);
        if (cursor.peek() == Cursor.END) {
            cursor.fail("'\"' at the end of " + what);
            return null;
        }
        cursor.skip();
        String text = QuotedText.decode(cursor.bytes(), open + 1, close);
        if (text == null) {
            cursor.failToken(open, close + 1, "UTF-8 in " + what);
        }
        return text;
    }

    private boolean value() {
        cursor.skipBlanks();
        int start = cursor.position();
        cursor.skipToken();
        return value.read(cursor.bytes(), start, cursor.position())
                || cursor.failToken(start, cursor.position(), "value");
    }

    /** An exemplar may follow the value or the timestamp after a blank; it is not ours to read. */
    private boolean timestamp() {
        cursor.skipBlanks();
        if (cursor.peek() == Cursor.END || cursor.peek() == '#') {
            return true;
        }
        if (format == BodyFormat.OPEN_METRICS) {
            return seconds();
        }
        int start = cursor.position();
        cursor.skipDigits();
        int digitsEnd = cursor.position();
        if (start == digitsEnd) {
            return cursor.fail("timestamp or end of line");
        }
        cursor.skipBlanks();
        boolean exemplar = cursor.peek() == '#' && cursor.position() > digitsEnd;
        if (cursor.peek() != Cursor.END && !exemplar) {
            return cursor.fail("end of line after timestamp");
        }
        timestamp = Decimal.unsignedLong(cursor.bytes(), start, digitsEnd);
        return timestamp.isPresent() || cursor.failToken(start, digitsEnd, "timestamp of at most 64 bits");
    }

    /** OpenMetrics has seconds, and a fraction of them. */
    private boolean seconds() {
        int start = cursor.position();
        cursor.skipToken();
        int end = cursor.position();
        double millis = seconds.read(cursor.bytes(), start, end) ? Math.rint(seconds.value() * 1000) : Double.NaN;
        if (!(millis >= 0 && millis < MOST_MILLIS)) {
            return cursor.failToken(start, end, "timestamp in seconds, as the body says that it is OpenMetrics");
        }
        cursor.skipBlanks();
        timestamp = OptionalLong.of((long) millis);
        return cursor.peek() == Cursor.END || cursor.peek() == '#' || cursor.fail("end of line after timestamp");
    }
}
