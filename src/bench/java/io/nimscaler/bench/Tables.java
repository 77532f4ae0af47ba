package io.nimscaler.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes tables between their marks in {@code quality.md}, and plots beside it. */
final class Tables {

    private final Path docs;

    Tables(Path docs) {
        this.docs = docs;
    }

    /** Replaces what stands between {@code <!-- name -->} and {@code <!-- /name -->}. */
    void put(String name, List<String> header, List<List<String>> rows) throws IOException {
        String table = line(header)
                + line(header.stream().map(_ -> "---").toList())
                + rows.stream().map(Tables::line).collect(Collectors.joining());
        System.out.println(table);
        Path page = docs.resolve("quality.md");
        String text = Files.readString(page);
        String open = "<!-- " + name + " -->\n";
        String close = "<!-- /" + name + " -->";
        int from = text.indexOf(open);
        int to = text.indexOf(close);
        if (from < 0 || to < from) {
            throw new IllegalStateException(page + " has no marks " + open.strip() + " and " + close);
        }
        Files.writeString(page, text.substring(0, from + open.length()) + table + text.substring(to));
    }

    void plot(String name, String svg) throws IOException {
        Files.writeString(docs.resolve(name), svg);
    }

    private static String line(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    static String number(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** The median, and the lowest and the highest of all. */
    static String spread(double[] sorted, int decimals) {
        return number(sorted[sorted.length / 2], decimals) + " (" + number(sorted[0], decimals) + " … "
                + number(sorted[sorted.length - 1], decimals) + ")";
    }
}
