package io.nimscaler.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Pods that answer every request with one real body, as cheaply as can be, for they share the machine with what is measured. Each has
 * an address of its own of 127.0.0.0/8, all the same port.
 */
final class StandInPods implements AutoCloseable {

    private static final int MOST = 1 << 23;

    private final NioEventLoopGroup loop = new NioEventLoopGroup(1);
    private final ByteBuf answer;
    private final AtomicLong answered = new AtomicLong();
    private final Channel server;

    StandInPods(Path body) throws IOException, InterruptedException {
        byte[] content = Files.readAllBytes(body);
        byte[] head = ("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: "
                        + content.length + "\r\n\r\n")
                .getBytes(US_ASCII);
        answer = Unpooled.unreleasableBuffer(Unpooled.directBuffer(head.length + content.length)
                .writeBytes(head)
                .writeBytes(content));
        server = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 4_096)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        // One socket for all addresses; it is nobody's but this machine's
                        if (channel.remoteAddress().getAddress().isLoopbackAddress()) {
                            channel.pipeline().addLast(new Answering());
                        } else {
                            channel.close();
                        }
                    }
                })
                .bind(0)
                .sync()
                .channel();
    }

    /** Where the pod of this number is asked. */
    String address(int pod) {
        if (pod < 0 || pod >= MOST) {
            throw new IllegalArgumentException("expected a pod from 0 to " + (MOST - 1) + ", got " + pod);
        }
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        return "127." + (1 + (pod >> 16)) + "." + (pod >> 8 & 0xff) + "." + (pod & 0xff) + ":" + port;
    }

    /** Of an answer, its head included. */
    int answerBytes() {
        return answer.readableBytes();
    }

    /** How many requests all of them have answered. */
    long answered() {
        return answered.get();
    }

    @Override
    public void close() {
        loop.shutdownGracefully();
    }

    /** A request is short and never pipelined: it is over where its empty line is. */
    private final class Answering extends ChannelInboundHandlerAdapter {

        private int ended;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf part = (ByteBuf) message;
            while (part.isReadable()) {
                byte next = part.readByte();
                ended = next == '\n' ? ended + 1 : next == '\r' ? ended : 0;
            }
            part.release();
            if (ended == 2) {
                ended = 0;
                answered.incrementAndGet();
                context.writeAndFlush(answer.duplicate(), context.voidPromise());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable gone) {
            context.close();
        }
    }
}
