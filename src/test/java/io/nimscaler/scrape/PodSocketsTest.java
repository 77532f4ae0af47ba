package io.nimscaler.scrape;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.nimscaler.exposition.Bodies;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.lang.management.ManagementFactory;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PodSocketsTest {

    private static final int BODIES = 200;

    private final Scratch scratch = new Scratch();
    private final ByteBufAllocator socket = new PodSockets.Receiving(UnpooledByteBufAllocator.DEFAULT);

    private ByteBuf receive(String text) {
        scratch.serveThisThread();
        return socket.ioBuffer(10).writeBytes(text.getBytes(US_ASCII));
    }

    @SuppressWarnings("deprecation") // what a client of Vert.x gets its bytes in
    private String read(ByteBuf bytes) {
        StringBuilder read = new StringBuilder();
        scratch.read(
                Buffer.buffer(bytes),
                (array, offset, length) -> read.append(new String(array, offset, length, US_ASCII)));
        return read.toString();
    }

    private static String text(ByteBuf bytes) {
        return bytes.toString(US_ASCII);
    }

    @Test
    void anArrayIsUsedAgainOnceItIsRead() {
        ByteBuf first = receive("first");
        byte[] array = first.array();
        assertThat(read(first)).isEqualTo("first");

        ByteBuf second = receive("2nd");

        assertThat(second.array() == array).isTrue();
        assertThat(read(second)).isEqualTo("2nd");
    }

    @Test
    void whatIsNotReadAtOnceStaysAsItIs() {
        ByteBuf first = receive("first");
        ByteBuf second = receive("other");

        assertThat(text(first)).isEqualTo("first");
        assertThat(read(second)).isEqualTo("other");
        assertThat(text(receive("third"))).isEqualTo("third");
        assertThat(text(first)).isEqualTo("first");
    }

    @Test
    void whatIsReadInPartStaysAsItIs() {
        ByteBuf first = receive("first");
        ByteBuf part = first.readRetainedSlice(2);

        assertThat(read(part)).isEqualTo("fi");
        receive("other");

        assertThat(text(first)).isEqualTo("rst");
        first.release();
        assertThat(text(receive("third"))).isEqualTo("third");
    }

    @Test
    void whatDidNotComeInItIsReadAsWell() {
        assertThat(read(Unpooled.copiedBuffer("heap", US_ASCII))).isEqualTo("heap");
        assertThat(read(Unpooled.directBuffer().writeBytes("direct".getBytes(US_ASCII))))
                .isEqualTo("direct");
    }

    @Test
    void theSocketsOfOtherThreadsAreLeftAlone() throws Exception {
        receive("first");
        CompletableFuture<Boolean> direct = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> direct.complete(socket.ioBuffer(10).isDirect()));

        assertThat(direct.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void nettyFindsIt() {
        assertThat(ServiceLoader.load(ChannelInitializerExtension.class)).hasAtLeastOneElementOfType(PodSockets.class);
    }

    /** A count: without it a body of 57 kB leaves 100 kB. */
    @Test
    void aBodyIsNotLeftToTheCollector() throws Exception {
        String body = new String(Bodies.real("vllm-0.32.0-idle"), US_ASCII);
        assertThat(leftByEachAnswer(RawPod.ok(body))).isLessThan(body.length() / 2);
    }

    /** Models that load answer so for minutes. */
    @Test
    void aRefusedBodyIsNotLeftToTheCollector() throws Exception {
        String loading = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 7\r\n\r\nloading";
        assertThat(leftByEachAnswer(loading)).isLessThan(PodClients.CHUNK_BYTES / 2);
    }

    /** In bytes of the owner's thread. */
    private static long leftByEachAnswer(String answer) throws Exception {
        Vertx pods = Vertx.vertx();
        Vertx ours = Vertx.vertx();
        Asker asker = new Asker(ours, Asker.PATIENT);
        try {
            RawPod pod = RawPod.start(pods, RawPod.says(answer));
            CompletableFuture<Thread> owner = new CompletableFuture<>();
            asker.ask(pod.port());
            asker.onOwner(() -> owner.complete(Thread.currentThread()));
            long thread = owner.get(10, TimeUnit.SECONDS).threadId();
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            for (int i = 0; i < BODIES; i++) {
                asker.ask(pod.port());
            }

            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < BODIES; i++) {
                asker.ask(pod.port());
            }

            return (threads.getThreadAllocatedBytes(thread) - before) / BODIES;
        } finally {
            asker.close();
            pods.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }
}
