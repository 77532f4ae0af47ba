package io.nimscaler.settings;

import java.util.regex.Pattern;

/** What names of others may look like. */
final class Grammar {

    /** RFC 1123 label: names of namespaces and Services. */
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9:]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?");

    /** Prometheus data model: label names. */
    private static final Pattern LABEL_NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]{0,250}");

    private Grammar() {}

    static boolean isLabel(String text) {
        return LABEL.matcher(text).matches();
    }

    static boolean isLabelOrEvery(String text) {
        return text.equals("*") || isLabel(text);
    }

    /** RFC 1123 subdomain: names of ScaledObjects. */
    static boolean isSubdomain(String text) {
        return text.length() <= 253
                && Pattern.compile("\\.").splitAsStream(text + ".x").allMatch(Grammar::isLabel);
    }

    static boolean isHost(String text) {
        return HOST.matcher(text).matches();
    }

    static boolean isLabelName(String text) {
        return LABEL_NAME.matcher(text).matches();
    }
}
