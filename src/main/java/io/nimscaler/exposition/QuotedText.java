package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;

/** Text between quotes: label values and, since Prometheus 3, names. */
final class QuotedText {
    private QuotedText() {}

    /** Index of the first quote in {@code [from, to)} that no backslash escapes, or {@code to}. */
    static int closingQuote(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && bytes[i] != '"') {
            i += bytes[i] == '\\' ? 2 : 1;
        }
        return Math.min(i, to);
    }

    /** The text that these bytes stand for, or null if they are not UTF-8. */
    static @Nullable String decode(byte[] bytes, int from, int to) {
        boolean ascii = true;
        boolean escapes = false;
        for (int i = from; i < to; i++) {
            ascii &= bytes[i] >= 0;
            escapes |= bytes[i] == '\\';
        }
        String text = ascii ? new String(bytes, from, to - from, ISO_8859_1) : utf8(bytes, from, to);
        return text != null && escapes ? unescape(text) : text;
    }

    private static @Nullable String utf8(byte[] bytes, int from, int to) {
        try {
            return UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** The three escapes of the format; as in Prometheus, any other backslash stands for itself. */
    private static String unescape(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            char next = c == '\\' && i + 1 < text.length() ? text.charAt(i + 1) : 0;
            switch (next) {
                case '\\', '"' -> plain.append(next);
                case 'n' -> plain.append('\n');
                default -> {
                    plain.append(c);
                    continue;
                }
            }
            i++;
        }
        return plain.toString();
    }
}
