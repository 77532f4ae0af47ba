package io.nimscaler.e2e;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.nimscaler.grpc.proto.ExternalScalerGrpc;
import io.nimscaler.grpc.proto.GetMetricsRequest;
import io.nimscaler.grpc.proto.ScaledObjectRef;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A packaged scaler in a process of its own; beside whatever is done to it, it is probed as by a kubelet and called as by KEDA. */
final class Victim implements AutoCloseable {

    /** And the next fifteen: so that two builds can be attacked side by side. */
    static final int PORT = Integer.getInteger("attacks.port", 18_030);

    static final int MANAGEMENT_PORT = PORT + 1;
    private static final int PATIENCE_MILLIS = 5_000;

    private final Process process;
    private final Path folder;
    private final Optional<Path> authority;
    private final ManagedChannel keda;
    private final GetMetricsRequest request;
    private final AtomicLong slowestProbe = new AtomicLong();
    private final AtomicLong slowestCall = new AtomicLong();
    private final AtomicInteger probesUnanswered = new AtomicInteger();
    private final AtomicInteger callsWithoutValue = new AtomicInteger();
    private volatile boolean watched = true;
    private long residentBefore;
    private long liveBytes;

    private Victim(Process process, Attack attack, Path folder) throws IOException {
        this.folder = folder;
        this.process = process;
        this.authority = attack.authority(folder);
        this.keda = newChannel();
        this.request = requestFor(attack.asked());
    }

    private static GetMetricsRequest requestFor(ScaledObjectRef ref) {
        return GetMetricsRequest.newBuilder().setScaledObjectRef(ref).build();
    }

    /**
     * Starts it, and waits until it answers with a value.
     *
     * @param app the folder {@code quarkus-app}
     */
    static Victim start(Path app, List<String> javaOptions, Attack attack, Path folder) throws Exception {
        List<String> all = new ArrayList<>(attack.settings(folder));
        all.addAll(List.of("quarkus.http.port=" + PORT, "quarkus.management.port=" + MANAGEMENT_PORT));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaOptions);
        all.forEach(setting -> command.add("-D" + setting));
        command.addAll(List.of("-jar", app.resolve("quarkus-run.jar").toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("scaler.log").toFile());
        builder.environment()
                .putAll(Map.of(
                        "KUBERNETES_MASTER", "http://127.0.0.1:" + ClusterAttacks.API_SERVER_PORT,
                        "KUBERNETES_AUTH_TRYKUBECONFIG", "false"));
        Process process = builder.start();
        Victim victim = new Victim(process, attack, folder);
        for (int attempt = 0; !victim.hasValue(); attempt++) {
            if (attempt > 240 || !process.isAlive()) {
                process.destroy();
                throw new IllegalStateException("the scaler does not answer, see " + folder);
            }
            Thread.sleep(500);
        }
        Thread.sleep(5_000);
        victim.residentBefore = victim.megabytes("VmRSS");
        Thread.ofPlatform().daemon().start(() -> victim.repeat(victim::probe));
        Thread.ofPlatform().daemon().start(() -> victim.repeat(victim::call));
        return victim;
    }

    static ManagedChannel channel() {
        return ManagedChannelBuilder.forAddress("127.0.0.1", PORT)
                .usePlaintext()
                .build();
    }

    /** With its settings and its log. */
    Path folder() {
        return folder;
    }

    /** Another connection of KEDA's. */
    ManagedChannel newChannel() throws IOException {
        return authority.isEmpty()
                ? channel()
                : Grpc.newChannelBuilderForAddress(
                                "127.0.0.1",
                                PORT,
                                TlsChannelCredentials.newBuilder()
                                        .trustManager(authority.get().toFile())
                                        .build())
                        .build();
    }

    private void repeat(Runnable what) {
        while (watched) {
            what.run();
            try {
                Thread.sleep(200);
            } catch (InterruptedException end) {
                return;
            }
        }
    }

    private void probe() {
        long begin = System.nanoTime();
        try {
            if (!get(MANAGEMENT_PORT, "/q/health/live").contains(" 200 ")) {
                probesUnanswered.incrementAndGet();
            }
        } catch (IOException none) {
            probesUnanswered.incrementAndGet();
        }
        slowestProbe.accumulateAndGet((System.nanoTime() - begin) / 1_000_000, Math::max);
    }

    /** The first line of the answer, on a connection of its own. */
    private static String get(int port, String path) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            return line == null ? "" : line;
        }
    }

    private void call() {
        long begin = System.nanoTime();
        if (!hasValue()) {
            callsWithoutValue.incrementAndGet();
        }
        slowestCall.accumulateAndGet((System.nanoTime() - begin) / 1_000_000, Math::max);
    }

    boolean hasValue() {
        return hasValue(keda, request);
    }

    /** Whether a call on another connection is answered with a value. */
    boolean hasValueAnew() throws IOException {
        ManagedChannel another = newChannel();
        try {
            return hasValue(another, request);
        } finally {
            another.shutdownNow();
        }
    }

    /** Whether a call for this one is answered with a value. */
    boolean hasValue(ScaledObjectRef ref) {
        return hasValue(keda, requestFor(ref));
    }

    private static boolean hasValue(ManagedChannel channel, GetMetricsRequest request) {
        try {
            return ExternalScalerGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                            .getMetrics(request)
                            .getMetricValuesCount()
                    == 1;
        } catch (StatusRuntimeException none) {
            return false;
        }
    }

    private long megabytes(String what) throws IOException {
        Path status = Path.of("/proc/" + process.pid() + "/status");
        return !process.isAlive()
                ? 0
                : Files.readAllLines(status).stream()
                                .filter(line -> line.startsWith(what + ":"))
                                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                                .findFirst()
                                .orElse(0)
                        / 1_000;
    }

    /** What of its heap is live, after a full collection: to be told while the attack lasts. */
    void measure() throws IOException {
        if (!process.isAlive()) {
            return;
        }
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()),
                        "GC.class_histogram")
                .start();
        try (BufferedReader lines = jcmd.inputReader()) {
            liveBytes = lines.lines()
                    .filter(line -> line.startsWith("Total"))
                    .mapToLong(line -> Long.parseLong(line.strip().split(" +")[2]))
                    .findFirst()
                    .orElse(0);
        }
    }

    /** What became of it, as cells of a table. */
    String cells() throws IOException {
        if (liveBytes == 0) {
            measure();
        }
        return String.format(
                Locale.ROOT,
                "%d | %d | %d | %d (%d) | %d (%d) | %s",
                residentBefore,
                megabytes("VmHWM"),
                liveBytes / 1_000_000,
                slowestProbe.get(),
                probesUnanswered.get(),
                slowestCall.get(),
                callsWithoutValue.get(),
                process.isAlive() && hasValue() ? "yes" : process.isAlive() ? "no value" : "no");
    }

    @Override
    public void close() {
        watched = false;
        keda.shutdownNow();
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
