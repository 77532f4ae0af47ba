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
 * address that has the most.
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

    private final Map<Integer, FairShare<Channel>> byPort = new ConcurrentHashMap<>();

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
        FairShare<Channel> sockets = byPort.computeIfAbsent(here.getPort(), _ -> new FairShare<>(MOST));
        String peer = there.getAddress().getHostAddress();
        socket.pipeline().addLast(new Uses(sockets, peer));
        socket.closeFuture().addListener(_ -> sockets.leave(peer, socket));
        sockets.enter(peer, socket).ifPresent(Channel::close);
    }

    /** Notes when it says something. */
    private static final class Uses extends ChannelInboundHandlerAdapter {

        private final FairShare<Channel> sockets;
        private final String peer;

        Uses(FairShare<Channel> sockets, String peer) {
            this.sockets = sockets;
            this.peer = peer;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            sockets.use(peer, context.channel());
            context.fireChannelRead(bytes);
        }
    }
}
