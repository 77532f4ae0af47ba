package io.nimscaler.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes to the disk. In tests a stand-in behaves like a full disk. */
@FunctionalInterface
interface Disk {

    Disk REAL = (file, bytes) -> {
        try (OutputStream out = Files.newOutputStream(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND,
                LinkOption.NOFOLLOW_LINKS)) {
            out.write(bytes);
        }
    };

    /** Adds these bytes to the end of a file, which it makes where there is none. After a failure some of them may be there. */
    void append(Path file, byte[] bytes) throws IOException;
}
