package io.nimscaler.command;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The lines of a text, each up to a bound, so that a file without line ends cannot fill the memory. */
final class BoundedLines implements Iterator<String> {

    private final Reader reader;
    private final int longest;
    private Optional<String> next;

    BoundedLines(Reader reader, int longest) {
        this.reader = reader;
        this.longest = longest;
        this.next = read();
    }

    @Override
    public boolean hasNext() {
        return next.isPresent();
    }

    @Override
    public String next() {
        String line = next.orElseThrow(NoSuchElementException::new);
        next = read();
        return line;
    }

    private Optional<String> read() {
        try {
            StringBuilder line = new StringBuilder();
            int read = reader.read();
            if (read < 0) {
                return Optional.empty();
            }
            while (read >= 0 && read != '\n') {
                if (line.length() == longest) {
                    throw new UnreadableException("expected lines of at most " + longest + " characters");
                }
                line.append((char) read);
                read = reader.read();
            }
            return Optional.of(line.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
