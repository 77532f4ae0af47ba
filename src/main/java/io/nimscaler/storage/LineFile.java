package io.nimscaler.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Lines of a stream, each up to a bound: a file of another program may have a line of any length. */
final class LineFile {

    private final InputStream in;
    private final byte[] line;
    private final byte[] buffer = new byte[16_384];
    private int position;
    private int length;

    LineFile(InputStream in, int longestLine) {
        this.in = in;
        this.line = new byte[longestLine + 1];
    }

    /**
     * The next line without its end, one byte longer than the longest where it is too long; empty: there is none.
     */
    Optional<String> next() throws IOException {
        int size = 0;
        while (true) {
            if (position == length) {
                length = in.read(buffer);
                position = 0;
                if (length <= 0) {
                    length = 0;
                    return size == 0 ? Optional.empty() : Optional.of(text(size));
                }
            }
            byte next = buffer[position++];
            if (next == '\n') {
                return Optional.of(text(size));
            }
            line[size++] = next;
            if (size == line.length) {
                return Optional.of(text(size));
            }
        }
    }

    private String text(int size) {
        return new String(line, 0, size, StandardCharsets.UTF_8);
    }
}
