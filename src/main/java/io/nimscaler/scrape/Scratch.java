package io.nimscaler.scrape;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;
import io.nimscaler.exposition.SeriesMemo;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * What all bodies share, since one thread reads them: the array for their bytes, and the remembered beginnings of lines.
 *
 * <p>Vert.x copies what a socket receives into a new array each time, unless the bytes are in an array already. So {@link PodSockets} let the
 * sockets receive into this array. It comes back when all its bytes have been read. Bytes that are not read at once keep the array, and the
 * next bytes come in a new one.
 */
final class Scratch {

    private static final ThreadLocal<@Nullable Scratch> OF_THIS_THREAD = new ThreadLocal<>();

    private final SeriesMemo memo = new SeriesMemo();
    private byte @Nullable [] spare;

    /** Takes bytes of a body; must keep no reference to the array. */
    @FunctionalInterface
    interface Reader {

        void read(byte[] bytes, int offset, int length);
    }

    /** Netty counts what was made of it, and tells when nothing is left. */
    private static final class Lent extends UnpooledHeapByteBuf {

        Lent(byte[] array) {
            super(UnpooledByteBufAllocator.DEFAULT, array, array.length);
            clear();
        }

        @Override
        protected void freeArray(byte[] array) {
            Scratch scratch = OF_THIS_THREAD.get();
            if (scratch != null) {
                scratch.spare = array;
            }
        }
    }

    /** From now on the sockets of this thread's event loop receive into it. */
    void serveThisThread() {
        OF_THIS_THREAD.set(this);
    }

    /** The one that reads on this thread; null: there is none. */
    static @Nullable Scratch ofThisThread() {
        return OF_THIS_THREAD.get();
    }

    /** What is remembered of lines. */
    SeriesMemo memo() {
        return memo;
    }

    /** Room for {@link PodClients#CHUNK_BYTES}, nobody else's until it is released. */
    ByteBuf lend() {
        byte[] array = spare == null ? new byte[PodClients.CHUNK_BYTES] : spare;
        spare = null;
        return new Lent(array);
    }

    /** Lets them be read, once: nobody may look at the chunk afterwards. */
    @SuppressWarnings("deprecation") // with Vert.x 5 it is in io.vertx.core.internal.buffer.BufferInternal
    void read(Buffer chunk, Reader reader) {
        ByteBuf bytes = chunk.getByteBuf();
        if (bytes.hasArray()) {
            reader.read(bytes.array(), bytes.arrayOffset() + bytes.readerIndex(), bytes.readableBytes());
        } else {
            byte[] copy = chunk.getBytes();
            reader.read(copy, 0, copy.length);
        }
        release(bytes);
    }

    /** The chunk is a part of what was lent, and Vert.x gives out none that can be released itself. */
    private static void release(ByteBuf part) {
        ByteBuf whole = part;
        while (whole.unwrap() != null) {
            whole = whole.unwrap();
        }
        if (whole instanceof Lent lent) {
            lent.release();
        }
    }
}
