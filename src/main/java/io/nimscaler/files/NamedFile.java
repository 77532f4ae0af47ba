package io.nimscaler.files;

import io.nimscaler.trigger.Violation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file that a setting names.
 *
 * @param setting the setting's whole name
 * @param path as written
 */
public record NamedFile(String setting, String path) {

    /** Far above a Secret's files (a Secret has at most 1 MiB). */
    private static final int MOST_BYTES = 1 << 20;

    /**
     * What is in it. Blocks.
     *
     * @throws UnusableFileException where it cannot be read or has more than 1 MiB
     */
    public byte[] bytes() throws UnusableFileException {
        try (InputStream in = Files.newInputStream(Path.of(path))) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw unusable("a file of at most 1 MiB");
            }
            return bytes;
        } catch (IOException | InvalidPathException e) {
            throw unusable("a file that can be read, got " + e.getClass().getSimpleName());
        }
    }

    /** To be thrown. */
    public UnusableFileException unusable(String expected) {
        return new UnusableFileException(new Violation(setting, Optional.of(path), expected, Optional.empty()));
    }
}
