package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text format once more, by regular expressions and as slow as that is: what {@link ExpositionReader} is held against. It knows
 * every metric, and says of a malformed body only which line is the first that is.
 */
final class Oracle {

    /**
     * @param malformedLine counted from 1; empty: all of it was well-formed
     */
    record Verdict(List<SampleLine> series, Optional<Integer> malformedLine) {

        /** @throws AssertionError unless the reader has come to the same */
        void requireSame(Exposition read) {
            Verdict other = switch (read) {
                case Exposition.Parsed parsed -> new Verdict(parsed.series(), Optional.empty());
                case Exposition.Refused refused -> new Verdict(List.of(), Optional.of(refused.line()));
            };
            if (!equals(other)) {
                throw new AssertionError("expected " + this + ", got " + read);
            }
        }
    }

    private static final int MOST_LABELS = ReadLimits.DEFAULT.labels();

    private static final Pattern NOTHING = Pattern.compile("[ \t]*(#.*)?", Pattern.DOTALL);
    private static final Pattern NAME =
            Pattern.compile("[ \t]*([a-zA-Z_:][a-zA-Z0-9_:]*)(?=[ \t{]|$)[ \t]*", Pattern.DOTALL);
    private static final Pattern OPEN = Pattern.compile("[ \t]*\\{[ \t]*");
    private static final Pattern CLOSE = Pattern.compile("}");
    private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*+)\"[ \t]*", Pattern.DOTALL);
    private static final Pattern BARE = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*");
    private static final Pattern EQUALS = Pattern.compile("=[ \t]*");
    private static final Pattern COMMA = Pattern.compile(",?[ \t]*");
    private static final Pattern VALUE = Pattern.compile("[ \t]*([^ \t{]+)[ \t]*", Pattern.DOTALL);
    private static final Pattern TIMESTAMP = Pattern.compile("([0-9]+)(?:[ \t]*|[ \t]+#.*)", Pattern.DOTALL);
    private static final Pattern NUMBER = Pattern.compile("[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?");
    private static final Pattern INFINITE = Pattern.compile("([+-]?)inf(?:inity)?", Pattern.CASE_INSENSITIVE);

    private final String line;
    private int position;

    private Oracle(String line) {
        this.line = line;
    }

    static Verdict read(byte[] body) {
        List<SampleLine> series = new ArrayList<>();
        String[] lines = new String(body, ISO_8859_1).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].endsWith("\r") ? lines[i].substring(0, lines[i].length() - 1) : lines[i];
            if (!NOTHING.matcher(line).matches()) {
                Optional<SampleLine> one = new Oracle(line).sample();
                if (one.isEmpty()) {
                    return new Verdict(List.of(), Optional.of(i + 1));
                }
                series.add(one.get());
            }
        }
        return new Verdict(series, Optional.empty());
    }

    private Optional<Matcher> next(Pattern pattern) {
        Matcher matcher = pattern.matcher(line).region(position, line.length());
        if (!matcher.lookingAt()) {
            return Optional.empty();
        }
        position = matcher.end();
        return Optional.of(matcher);
    }

    private Optional<SampleLine> sample() {
        List<String> names = new ArrayList<>();
        next(NAME).ifPresent(name -> names.add(name.group(1)));
        Map<String, String> labels = new LinkedHashMap<>();
        if (next(OPEN).isPresent() && !labels(names, labels) || names.size() != 1 || names.contains("")) {
            return Optional.empty();
        }
        Optional<Double> value = next(VALUE).flatMap(text -> number(text.group(1)));
        if (value.isEmpty()) {
            return Optional.empty();
        }
        String rest = line.substring(position);
        Matcher timestamp = TIMESTAMP.matcher(rest);
        if (rest.isEmpty() || rest.startsWith("#")) {
            return Optional.of(new SampleLine(names.getFirst(), labels, value.get(), OptionalLong.empty()));
        }
        return timestamp.matches() && new BigInteger(timestamp.group(1)).bitLength() < 64
                ? Optional.of(new SampleLine(
                        names.getFirst(),
                        labels,
                        value.get(),
                        OptionalLong.of(new BigInteger(timestamp.group(1)).longValueExact())))
                : Optional.empty();
    }

    private boolean labels(List<String> names, Map<String, String> labels) {
        while (next(CLOSE).isEmpty()) {
            Optional<Matcher> quoted = next(QUOTED);
            Optional<String> text = quoted.isPresent()
                    ? quoted.flatMap(match -> text(match.group(1)))
                    : next(BARE).map(match -> match.group(1));
            boolean isName =
                    quoted.isPresent() && next(Pattern.compile("(?=[,}])")).isPresent();
            if (text.isEmpty()) {
                return false;
            }
            if (isName) {
                names.add(text.get());
            } else if (!label(text.get(), labels)) {
                return false;
            }
            next(COMMA);
        }
        return true;
    }

    private boolean label(String name, Map<String, String> labels) {
        Optional<String> value = next(EQUALS).flatMap(_ -> next(QUOTED)).flatMap(match -> text(match.group(1)));
        return !name.isEmpty()
                && !name.equals("__name__")
                && value.isPresent()
                && labels.size() < MOST_LABELS
                && labels.put(name, value.get()) == null;
    }

    private static Optional<String> text(String bytes) {
        try {
            String text = UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.getBytes(ISO_8859_1)))
                    .toString();
            return Optional.of(Pattern.compile("\\\\([\\\\\"n])")
                    .matcher(text)
                    .replaceAll(match -> Matcher.quoteReplacement(match.group(1).equals("n") ? "\n" : match.group(1))));
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static Optional<Double> number(String text) {
        Matcher infinite = INFINITE.matcher(text);
        if (infinite.matches()) {
            return Optional.of(infinite.group(1).equals("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
        }
        if (text.equalsIgnoreCase("nan")) {
            return Optional.of(Double.NaN);
        }
        return NUMBER.matcher(text).matches()
                ? Optional.of(Double.valueOf(text)).filter(value -> !value.isInfinite())
                : Optional.empty();
    }
}
