package io.nimscaler.e2e;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.nimscaler.grpc.proto.ExternalScalerGrpc;
import io.nimscaler.grpc.proto.IsActiveResponse;
import io.nimscaler.grpc.proto.ScaledObjectRef;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;

/** What anyone can send who reaches the ports. */
final class CallerAttacks {

    private static final long SETTLES_MILLIS = 10_000;
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private CallerAttacks() {}

    static Map<String, Attack> all() {
        Map<String, Attack> all = new LinkedHashMap<>();
        all.put("20,000 odd HTTP methods on each port", CallerAttacks::oddMethods);
        all.put("68 gzip messages of 50 kB that are 50 MB of metadata", CallerAttacks::bombs);
        all.put("800 streams with 250 kB of metadata", victim -> streams(victim, 800, 250_000));
        all.put("3,000 streams with 12 kB of metadata", victim -> streams(victim, 3_000, 3_000));
        all.put("3,000 silent sockets on each port, 1,200 of them after one request", CallerAttacks::sockets);
        all.put("1,500 streams cancelled beside 100", CallerAttacks::cancelled);
        all.put("200 recordings unread, 20 readers of decisions", new Downloads());
        return all;
    }

    private static String oddMethods(Victim victim) throws Exception {
        int answered = 0;
        for (int port : new int[] {Victim.PORT, Victim.MANAGEMENT_PORT}) {
            for (int connection = 0; connection < 20; connection++) {
                try (Socket socket = new Socket("127.0.0.1", port)) {
                    socket.setSoTimeout(2_000);
                    OutputStream out = socket.getOutputStream();
                    for (int i = 0; i < 1_000; i++) {
                        out.write(("M" + connection + "X" + i + " /p/1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                        answered += socket.getInputStream().read(new byte[65_536]) > 0 ? 1 : 0;
                    }
                } catch (IOException closed) {
                    // Then the next connection goes on
                }
            }
        }
        Thread.sleep(SETTLES_MILLIS);
        victim.measure();
        return answered + " answered";
    }

    /** Sends bytes as they are, and says of them that they are compressed. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            return new byte[0];
        }
    }

    private static final class Gzipped implements Codec {

        @Override
        public String getMessageEncoding() {
            return "gzip";
        }

        @Override
        public OutputStream compress(OutputStream out) {
            return out;
        }

        @Override
        public InputStream decompress(InputStream in) {
            return in;
        }
    }

    private static String bombs(Victim victim) throws Exception {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            Attack.GOOD.toBuilder()
                    .putScalerMetadata("caCert", "c".repeat(50_000_000))
                    .build()
                    .writeTo(gzip);
        }
        CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
        registry.register(new Gzipped());
        ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", Victim.PORT)
                .usePlaintext()
                .compressorRegistry(registry)
                .build();
        MethodDescriptor<byte[], byte[]> method = ExternalScalerGrpc.getGetMetricSpecMethod().toBuilder(
                        new Bytes(), new Bytes())
                .build();
        Ends ends = new Ends();
        for (int i = 0; i < 68; i++) {
            ends.begin(channel.newCall(method, CallOptions.DEFAULT.withCompression("gzip")), bomb.toByteArray());
        }
        Thread.sleep(2 * SETTLES_MILLIS);
        victim.measure();
        channel.shutdownNow();
        return ends + ", KEDA's next call " + (victim.hasValue() ? "answered" : "not answered");
    }

    /** How calls end. */
    private static final class Ends {

        private final AtomicInteger open = new AtomicInteger();
        private final Map<Status.Code, Integer> codes = new ConcurrentHashMap<>();

        <Q, A> ClientCall<Q, A> begin(ClientCall<Q, A> call, Q request) {
            open.incrementAndGet();
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            open.decrementAndGet();
                            codes.merge(status.getCode(), 1, Integer::sum);
                        }
                    },
                    new Metadata());
            call.request(1_000);
            call.sendMessage(request);
            call.halfClose();
            return call;
        }

        @Override
        public String toString() {
            return open + " open" + (codes.isEmpty() ? "" : ", ended " + new TreeMap<>(codes));
        }
    }

    private static ClientCall<ScaledObjectRef, IsActiveResponse> stream(ManagedChannel channel) {
        return channel.newCall(ExternalScalerGrpc.getStreamIsActiveMethod(), CallOptions.DEFAULT);
    }

    /** @param each characters of each of KEDA's own values */
    private static String streams(Victim victim, int number, int each) throws Exception {
        ScaledObjectRef.Builder ref = Attack.GOOD.toBuilder().putScalerMetadata("caCert", "c".repeat(each));
        if (each < 10_000) {
            ref.putScalerMetadata("tlsClientCert", "c".repeat(each))
                    .putScalerMetadata("tlsClientKey", "c".repeat(each))
                    .putScalerMetadata("scalerAddress", "c".repeat(1_000));
        }
        ManagedChannel channel = Victim.channel();
        Ends ends = new Ends();
        for (int i = 0; i < number; i++) {
            ends.begin(stream(channel), ref.build());
            if (i % 100 == 99) {
                Thread.sleep(200);
            }
        }
        Thread.sleep(SETTLES_MILLIS);
        victim.measure();
        String seen = ends.toString();
        channel.shutdownNow();
        return seen;
    }

    private static String sockets(Victim victim) throws Exception {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 6_000; i++) {
            int port = i % 2 == 0 ? Victim.PORT : Victim.MANAGEMENT_PORT;
            Socket socket = new Socket(LOOPBACK, port, InetAddress.getByName("127.0.0.2"), 0);
            sockets.add(socket);
            if (i < 2_400) {
                socket.getOutputStream()
                        .write("GET /api/none HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        }
        Thread.sleep(SETTLES_MILLIS);
        victim.measure();
        boolean answered = victim.hasValueAnew();
        for (Socket socket : sockets) {
            socket.close();
        }
        return "a new connection's call " + (answered ? "answered" : "not answered");
    }

    private static String cancelled(Victim victim) throws Exception {
        ManagedChannel channel = Victim.channel();
        Ends stay = new Ends();
        for (int i = 0; i < 100; i++) {
            stay.begin(stream(channel), Attack.GOOD);
        }
        List<ClientCall<ScaledObjectRef, IsActiveResponse>> go = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            go.add(new Ends().begin(stream(channel), Attack.GOOD));
        }
        Thread.sleep(5_000);
        go.forEach(call -> call.cancel("its ScaledObject was deleted", null));
        Thread.sleep(SETTLES_MILLIS);
        victim.measure();
        String seen = "of the 100: " + stay;
        channel.shutdownNow();
        return seen;
    }

    /** After a minute of decisions on 50 pods. */
    private static final class Downloads implements Attack {

        @Override
        public List<String> settings(Path folder) {
            return Attack.target("llm", StubPods.PORT, 50);
        }

        @Override
        public String on(Victim victim) throws Exception {
            Thread.sleep(60_000);
            List<Socket> sockets = new ArrayList<>();
            Map<String, Integer> answers = new TreeMap<>();
            for (int i = 0; i < 220; i++) {
                Socket socket = new Socket("127.0.0.1", Victim.PORT);
                socket.setReceiveBufferSize(4_096);
                String what = i < 200 ? "recording" : "decisions";
                socket.getOutputStream()
                        .write(("GET /api/scaled-objects/ns/llm/" + what + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                sockets.add(socket);
            }
            Thread.sleep(SETTLES_MILLIS);
            for (Socket socket : sockets) {
                socket.setSoTimeout(1_000);
                String status = "none";
                try {
                    status = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
                } catch (IOException none) {
                    // Not within ten seconds
                }
                answers.merge(status, 1, Integer::sum);
            }
            victim.measure();
            for (Socket socket : sockets) {
                socket.close();
            }
            return answers.toString();
        }
    }
}
