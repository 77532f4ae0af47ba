package io.nimscaler.scrape;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * Lets the pods' sockets receive into an array that is used again ({@link Scratch}): Vert.x would else copy each body to a new one, most of
 * what a scrape allocates. The sockets of other threads are left alone, and what comes through TLS is copied as ever.
 *
 * <p>Netty makes one where it is told to look for such extensions, and tells it of each socket that any client of this process opens.
 */
@RegisterForReflection
public final class PodSockets extends ChannelInitializerExtension {

    /** For Netty. */
    public PodSockets() {
        // Nothing to be made
    }

    @Override
    public void postInitializeClientChannel(Channel socket) {
        socket.config().setAllocator(new Receiving(socket.config().getAllocator()));
    }

    /** Of which thread a socket will be is not known before it receives. */
    static final class Receiving extends AbstractByteBufAllocator {

        private final ByteBufAllocator others;

        /**
         * @param others for all else
         */
        Receiving(ByteBufAllocator others) {
            super(true);
            this.others = others;
        }

        @Override
        public ByteBuf ioBuffer(int guessed) {
            Scratch scratch = Scratch.ofThisThread();
            return scratch == null ? others.ioBuffer(guessed) : scratch.lend();
        }

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            return others.heapBuffer(initialCapacity, maxCapacity);
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            return others.directBuffer(initialCapacity, maxCapacity);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return others.isDirectBufferPooled();
        }
    }
}
