package io.nimscaler.server;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many sockets there are to each port, those that never say anything included, which no request shows. A new one always comes in,
 * so that nobody who holds many keeps KEDA or a probe out: over the bound the one is closed that has said nothing for longest, of the
 * address that has the most. So with sockets whose clients do not read what they are sent.
 *
 * <p>Netty makes one where {@link #SWITCH} is set, and tells it of each socket that any server of this process accepts.
 */
@RegisterForReflection
public final class SocketGate extends ChannelInitializerExtension {

    /** The system property that makes Netty look for what there is of this kind; it is read once, with the first socket. */
    public static final String SWITCH = EXTENSIONS_SYSTEM_PROPERTY;

    /** What {@link #SWITCH} has to be. */
    public static final String ON = "serviceload";

    /** Twice those that may have asked something, see {@link ConnectionGate}. */
    static final int MOST = 2_000;

    /** An answer may have some megabytes, and without HTTP/2 a socket has one. */
    static final int MOST_UNREAD = 16;

    private final Map<Integer, Port> ports = new ConcurrentHashMap<>();

    /** The sockets of one port, and those of them whose clients have not read more than 64 kB of what they were sent. */
    private record Port(FairShare<Channel> all, FairShare<Channel> unread) {

        Port() {
            this(new FairShare<>(MOST), new FairShare<>(MOST_UNREAD));
        }

        void enter(String peer, Channel socket) {
            all.enter(peer, socket).ifPresent(SocketGate::close);
        }

        void mayBeWritten(String peer, Channel socket, boolean may) {
            if (may) {
                unread.leave(peer, socket);
            } else {
                unread.enter(peer, socket).ifPresent(SocketGate::close);
            }
        }

        void leave(String peer, Channel socket) {
            all.leave(peer, socket);
            unread.leave(peer, socket);
        }
    }

    /** For Netty. */
    public SocketGate() {
        // Nothing but the field
    }

    @Override
    public void postInitializeServerChildChannel(Channel socket) {
        if (!(socket.localAddress() instanceof InetSocketAddress here)
                || !(socket.remoteAddress() instanceof InetSocketAddress there)) {
            // It is closed already
            return;
        }
        Port port = ports.computeIfAbsent(here.getPort(), _ -> new Port());
        String peer = there.getAddress().getHostAddress();
        socket.pipeline().addLast(new Uses(port, peer));
        socket.closeFuture().addListener(_ -> port.leave(peer, socket));
        port.enter(peer, socket);
    }

    /** At once: the server would wait until the client has read what it was sent. */
    private static void close(Channel socket) {
        ChannelHandlerContext nearest = socket.pipeline().context(Uses.class);
        if (nearest != null) {
            nearest.close();
        }
    }

    /** Notes when it says something, and whether it reads. */
    private static final class Uses extends ChannelInboundHandlerAdapter {

        private final Port port;
        private final String peer;

        Uses(Port port, String peer) {
            this.port = port;
            this.peer = peer;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            port.all().use(peer, context.channel());
            context.fireChannelRead(bytes);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            port.mayBeWritten(peer, context.channel(), context.channel().isWritable());
            context.fireChannelWritabilityChanged();
        }
    }
}
