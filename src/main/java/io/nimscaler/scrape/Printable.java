package io.nimscaler.scrape;

/** Foreign text as it may appear in a message: one line of ASCII, and short, whatever came. */
final class Printable {

    private static final int LONGEST = 120;

    private Printable() {}

    static String of(String text) {
        String head = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
        return head.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
