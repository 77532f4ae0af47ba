package io.nimscaler.scrape;

import io.nimscaler.exposition.SeriesMemo;
import io.vertx.core.buffer.Buffer;

/** What all bodies share, since one thread reads them: the array for their chunks, and the remembered beginnings of lines. */
final class Scratch {

    private byte[] bytes = new byte[PodClients.CHUNK_BYTES];

    private final SeriesMemo memo = new SeriesMemo();

    /** What is remembered of lines. */
    SeriesMemo memo() {
        return memo;
    }

    /** The chunk's bytes, from index 0, until the next call; the array is mostly longer. */
    byte[] bytesOf(Buffer chunk) {
        if (bytes.length < chunk.length()) {
            bytes = new byte[chunk.length()];
        }
        chunk.getBytes(bytes);
        return bytes;
    }
}
