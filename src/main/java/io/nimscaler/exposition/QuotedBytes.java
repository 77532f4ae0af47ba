package io.nimscaler.exposition;

/** Bytes of a body in an error message: printable and short. */
final class QuotedBytes {
    private static final int LONGEST = 32;

    private QuotedBytes() {}

    static String at(byte[] bytes, int index, int end) {
        return index < end ? token(bytes, index, index + 1) : "end of line";
    }

    static String token(byte[] bytes, int from, int to) {
        StringBuilder text = new StringBuilder("'");
        for (int i = from; i < Math.min(to, from + LONGEST); i++) {
            append(text, bytes[i] & 0xff);
        }
        return text.append(to - from > LONGEST ? "…'" : "'").toString();
    }

    private static void append(StringBuilder text, int c) {
        switch (c) {
            case '\'', '\\' -> text.append('\\').append((char) c);
            case '\t' -> text.append("\\t");
            case '\r' -> text.append("\\r");
            default -> {
                if (c >= ' ' && c <= '~') {
                    text.append((char) c);
                } else {
                    text.append("\\x").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
                }
            }
        }
    }
}
