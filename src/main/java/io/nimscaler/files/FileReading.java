package io.nimscaler.files;

import io.nimscaler.trigger.Violation;
import java.util.Optional;
import java.util.function.Consumer;

/** Something that is read from files. */
@FunctionalInterface
public interface FileReading<T> {

    /** Blocks. */
    T read() throws UnusableFileException;

    /** What was read; where it is not usable, that is told instead, so that what else is wrong can be found as well. */
    static <T> Optional<T> orTell(FileReading<T> reading, Consumer<Violation> wrong) {
        try {
            return Optional.of(reading.read());
        } catch (UnusableFileException e) {
            wrong.accept(e.violation());
            return Optional.empty();
        }
    }
}
