package io.nimscaler.scrape;

import io.vertx.core.buffer.Buffer;

/** The one array through which all chunks of all bodies pass to the reader; its content is valid until the next call. */
final class Scratch {

    private byte[] bytes = new byte[PodClients.CHUNK_BYTES];

    /** The chunk's bytes, from index 0; the array is mostly longer. */
    byte[] bytesOf(Buffer chunk) {
        if (bytes.length < chunk.length()) {
            bytes = new byte[chunk.length()];
        }
        chunk.getBytes(bytes);
        return bytes;
    }
}
