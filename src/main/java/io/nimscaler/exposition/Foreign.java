package io.nimscaler.exposition;

import static java.util.stream.Collectors.joining;

import java.util.Collection;

/** Text of a body that stands in a message: only a few texts, short, and printable ASCII. */
public final class Foreign {

    private static final int MOST = 3;

    private static final int LONGEST = 100;

    private Foreign() {}

    /** One text, cut to 100 characters. */
    public static String text(String text) {
        String head = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
        return head.replaceAll("[^\\x20-\\x7e]", "?");
    }

    /** The first three, for example {@code "a" and "b" and others}; empty where there is none. */
    public static String quoted(Collection<String> texts) {
        return texts.stream().limit(MOST).map(text -> '"' + text(text) + '"').collect(joining(" and "))
                + (texts.size() > MOST ? " and others" : "");
    }
}
