package io.nimscaler.trigger;

import java.nio.charset.StandardCharsets;

/**
 * Text from outside in a message: one line of bounded length that a terminal and a log show as it is. A character that is not a
 * letter, a digit or another visible sign becomes {@code ?}: controls and escape sequences, line and paragraph separators, signs
 * that change the direction of the text.
 */
public final class Printable {

    /** What a longer text ends with. */
    private static final String CUT = "…";

    private Printable() {}

    /**
     * @param most characters of Unicode that are kept; a longer text is cut there and ends with {@code …}
     */
    public static String of(String text, int most) {
        StringBuilder kept = new StringBuilder(Math.min(text.length(), most));
        int index = 0;
        for (int number = 0; index < text.length() && number < most; number++) {
            int c = text.codePointAt(index);
            kept.appendCodePoint(isVisible(c) ? c : '?');
            index += Character.charCount(c);
        }
        return index < text.length() ? kept.append(CUT).toString() : kept.toString();
    }

    /**
     * @param most bytes in UTF-8, at least 3; a longer text is cut before the character that would pass them and ends with {@code …}
     */
    public static String ofBytes(String text, int most) {
        String visible = of(text, most);
        if (visible.getBytes(StandardCharsets.UTF_8).length <= most) {
            return visible;
        }
        int bytes = CUT.getBytes(StandardCharsets.UTF_8).length;
        StringBuilder kept = new StringBuilder();
        for (int index = 0; index < visible.length(); ) {
            int c = visible.codePointAt(index);
            bytes += Character.toString(c).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > most) {
                break;
            }
            kept.appendCodePoint(c);
            index += Character.charCount(c);
        }
        return kept.append(CUT).toString();
    }

    private static boolean isVisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
