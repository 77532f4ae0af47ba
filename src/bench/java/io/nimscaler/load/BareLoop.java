package io.nimscaler.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.grpc.MethodDescriptor;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.nimscaler.grpc.proto.ExternalScalerGrpc;
import io.nimscaler.grpc.proto.GetMetricsResponse;
import io.nimscaler.grpc.proto.IsActiveResponse;
import io.nimscaler.grpc.proto.MetricValue;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.grpc.server.GrpcServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The least that can be had on this machine: one event loop that sends the same requests to the same pods and only counts the bytes of
 * their answers, and a gRPC server of Vert.x whose answers are always the same. What it takes is no scaler's fault.
 */
final class BareLoop {

    private static final int CHUNK_BYTES = 1 << 16;

    private BareLoop() {}

    /** In a process of its own: port for calls, interval in ms, bytes of an answer, file with an address in each line. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        answer(Integer.parseInt(arguments[0]));
        ask(
                Files.readAllLines(Path.of(arguments[3])),
                Long.parseLong(arguments[1]),
                Integer.parseInt(arguments[2]));
        Thread.currentThread().join();
    }

    private static void answer(int port) {
        Vertx vertx = Vertx.vertx();
        GrpcServer calls = GrpcServer.server(vertx);
        always(
                calls,
                ExternalScalerGrpc.getGetMetricsMethod(),
                GetMetricsResponse.newBuilder()
                        .addMetricValues(MetricValue.newBuilder()
                                .setMetricName("s0-serving_load")
                                .setMetricValue(1_000)
                                .setMetricValueFloat(1))
                        .build());
        always(
                calls,
                ExternalScalerGrpc.getIsActiveMethod(),
                IsActiveResponse.newBuilder().setResult(true).build());
        vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(port))
                .requestHandler(calls)
                .listen();
    }

    @SuppressWarnings("deprecation") // the descriptors of generated code are of this kind
    private static <Q, A> void always(GrpcServer calls, MethodDescriptor<Q, A> method, A answer) {
        calls.callHandler(
                method, call -> call.handler(_ -> call.response().end(answer)));
    }

    private static void ask(List<String> addresses, long intervalMillis, int answerBytes) {
        NioEventLoopGroup loop = new NioEventLoopGroup(1);
        Bootstrap client = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(CHUNK_BYTES));
        for (int pod = 0; pod < addresses.size(); pod++) {
            String address = addresses.get(pod);
            ByteBuf request = Unpooled.unreleasableBuffer(Unpooled.directBuffer()
                    .writeBytes(("GET /metrics HTTP/1.1\r\nhost: " + address
                                    + "\r\naccept: text/plain;version=0.0.4,*/*;q=0.1\r\nuser-agent: bare\r\n\r\n")
                            .getBytes(US_ASCII)));
            long phase = intervalMillis * pod / addresses.size();
            loop.schedule(
                    () -> connect(client, address, new Asking(request, intervalMillis, answerBytes)),
                    phase,
                    TimeUnit.MILLISECONDS);
        }
    }

    private static void connect(Bootstrap client, String address, Asking asking) {
        int colon = address.lastIndexOf(':');
        client.clone()
                .handler(asking)
                .connect(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }

    /** One pod, over one connection; the next question is due an interval after the one before, whatever the answer took. */
    private static final class Asking extends ChannelInboundHandlerAdapter {

        private final ByteBuf request;
        private final long intervalMillis;
        private final int answerBytes;
        private int missing;

        Asking(ByteBuf request, long intervalMillis, int answerBytes) {
            this.request = request;
            this.intervalMillis = intervalMillis;
            this.answerBytes = answerBytes;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            Channel pod = context.channel();
            pod.eventLoop().scheduleAtFixedRate(() -> ask(pod), 0, intervalMillis, TimeUnit.MILLISECONDS);
        }

        private void ask(Channel pod) {
            if (missing == 0) {
                missing = answerBytes;
                pod.writeAndFlush(request.duplicate(), pod.voidPromise());
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf part = (ByteBuf) message;
            missing -= part.readableBytes();
            part.release();
        }
    }
}
