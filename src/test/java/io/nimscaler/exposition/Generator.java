package io.nimscaler.exposition;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;

/** Makes series with hostile names, labels and numbers, and writes them in every way that the format allows. */
final class Generator {
    private static final List<String> NAMES =
            List.of("a", "ab", "vllm:kv", "vllm:kv_cache_usage_perc", "vllm:kv_cache_usage", "_x1");
    private static final List<String> HOSTILE = List.of(
            "\"",
            "\\",
            "\n",
            "\r",
            "\t",
            " ",
            "{",
            "}",
            ",",
            "=",
            "#",
            "n",
            "\\n",
            "\0",
            "x",
            "Z",
            "0",
            "\u00e9",
            "\u20ac",
            "\ufffd",
            "\u2028",
            "\ud83d\ude80",
            "# EOF",
            "\u007f");
    private static final List<Double> NUMBERS = List.of(
            0.0,
            -0.0,
            1.0,
            0.97,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            Double.MIN_VALUE,
            Double.MAX_VALUE,
            1e22,
            1e23,
            0x1p53 + 2);

    private final Random random;

    Generator(Random random) {
        this.random = random;
    }

    List<SampleLine> series() {
        List<SampleLine> series = new ArrayList<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            Map<String, String> labels = new LinkedHashMap<>();
            for (int j = random.nextInt(4); j > 0; j--) {
                labels.put(random.nextBoolean() ? "x" + j : text(1), text(0));
            }
            series.add(new SampleLine(
                    random.nextInt(4) > 0 ? oneOf(NAMES) : text(1),
                    labels,
                    number(),
                    random.nextInt(4) > 0 ? OptionalLong.empty() : OptionalLong.of(random.nextLong() >>> 1)));
        }
        return series;
    }

    String write(List<SampleLine> series) {
        StringBuilder body = new StringBuilder();
        for (SampleLine one : series) {
            noise(body);
            sample(body, one);
            body.append(oneOf(List.of("\n", "\n", "\r\n", " \n", " # {trace=\"x\"} 1.0\n")));
        }
        if (!body.isEmpty() && random.nextBoolean()) {
            body.setLength(body.length() - 1);
        }
        return body.toString();
    }

    /** Some series, written. */
    String written() {
        return write(series());
    }

    private void noise(StringBuilder body) {
        body.append(oneOf(List.of(
                "", "", "\n", " \t\n", "# HELP a b\n", "#\n", "\r\n", "# " + text(0).replace("\n", "") + "\n")));
    }

    private void sample(StringBuilder body, SampleLine series) {
        boolean bare = NAMES.contains(series.name()) && random.nextInt(4) > 0;
        body.append(blank());
        if (bare) {
            body.append(series.name()).append(blank());
        }
        if (!bare || !series.labels().isEmpty() || random.nextBoolean()) {
            labels(body, series, bare);
        } else {
            body.append(' ');
        }
        body.append(blank()).append(written(series.value()));
        series.timestampMillis()
                .ifPresent(
                        millis -> body.append(oneOf(List.of(" ", "\t", "  "))).append(millis));
    }

    private void labels(StringBuilder body, SampleLine series, boolean bare) {
        List<String> parts = new ArrayList<>();
        series.labels()
                .forEach((name, value) -> parts.add((name.matches("x\\d") && random.nextBoolean() ? name : quoted(name))
                        + blank() + "=" + blank() + quoted(value)));
        if (!bare) {
            parts.add(random.nextInt(parts.size() + 1), quoted(series.name()));
        }
        body.append('{').append(blank()).append(String.join(blank() + "," + blank(), parts));
        body.append(parts.isEmpty() || random.nextBoolean() ? "" : blank() + ",")
                .append(blank())
                .append('}');
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private String written(double value) {
        if (Double.isNaN(value)) {
            return oneOf(List.of("NaN", "nan"));
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? oneOf(List.of("+Inf", "Inf", "infinity")) : oneOf(List.of("-Inf", "-infinity"));
        }
        String plain = Double.toString(value);
        return oneOf(List.of(
                plain, plain.toLowerCase(Locale.ROOT), value >= 0 && !plain.startsWith("-") ? "+" + plain : plain));
    }

    private double number() {
        return switch (random.nextInt(4)) {
            case 0 -> oneOf(NUMBERS);
            case 1 -> random.nextInt(100);
            case 2 -> random.nextDouble();
            default -> {
                double any = Double.longBitsToDouble(random.nextLong());
                yield Double.isNaN(any) ? Double.NaN : any;
            }
        };
    }

    private String text(int least) {
        StringBuilder text = new StringBuilder();
        for (int i = least + random.nextInt(6); i > 0; i--) {
            text.append(oneOf(HOSTILE));
        }
        return text.toString();
    }

    private String blank() {
        return oneOf(List.of("", "", "", " ", "\t", "  "));
    }

    private <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
