package io.nimscaler.load;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import io.nimscaler.trigger.Durations;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The scaler as it is shipped, in a process of its own, with static targets; or {@link BareLoop} in its place. */
final class App implements AutoCloseable {

    private static final String NAMESPACE = "load";

    /** The program that is no file. */
    private static final Path BARE = Path.of("bare");

    private static final double TICKS_PER_SECOND = 100;

    private final Process process;
    private final int port;

    private App(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts it.
     *
     * @param program the folder {@code quarkus-app}, a jar, or a native executable; {@code bare}: {@link BareLoop}
     * @param javaOptions of the first two
     * @param folder its working directory, for its settings and its log
     */
    static App start(Path program, List<String> javaOptions, Case load, StandInPods pods, Path folder)
            throws IOException {
        Path config = Files.createDirectories(folder.resolve("config"));
        int port = freePort();
        Files.write(config.resolve("application.properties"), settings(load, pods, port));
        return new App(
                new ProcessBuilder(
                                program.equals(BARE)
                                        ? bare(javaOptions, load, pods, port, folder)
                                        : command(program, javaOptions))
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start(),
                port);
    }

    private static List<String> command(Path program, List<String> javaOptions) {
        Path jar = Files.isDirectory(program) ? program.resolve("quarkus-run.jar") : program;
        if (!jar.toString().endsWith(".jar")) {
            return List.of(jar.toAbsolutePath().toString());
        }
        List<String> command = java(javaOptions);
        command.addAll(List.of("-jar", jar.toAbsolutePath().toString()));
        return command;
    }

    private static List<String> java(List<String> options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        return command;
    }

    private static List<String> bare(List<String> javaOptions, Case load, StandInPods pods, int port, Path folder)
            throws IOException {
        Path addresses = folder.resolve("addresses").toAbsolutePath();
        Files.write(
                addresses,
                IntStream.range(0, load.objects() * load.pods())
                        .mapToObj(pods::address)
                        .toList());
        List<String> command = java(javaOptions);
        // As absolute paths, for it has a folder of its own
        String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        command.addAll(List.of(
                "-classpath",
                classPath,
                BareLoop.class.getName(),
                Integer.toString(port),
                Long.toString(Durations.parse(load.interval()).orElseThrow().toMillis()),
                Integer.toString(pods.answerBytes()),
                addresses.toString()));
        return command;
    }

    private static List<String> settings(Case load, StandInPods pods, int port) throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "quarkus.http.host=127.0.0.1",
                "quarkus.http.port=" + port,
                "quarkus.management.host=127.0.0.1",
                "quarkus.management.port=" + freePort()));
        for (int object = 0; object < load.objects(); object++) {
            String target = "nim-scaler.static-targets." + name(object);
            int first = object * load.pods();
            lines.add(target + ".namespace=" + NAMESPACE);
            lines.add(target + ".addresses="
                    + IntStream.range(first, first + load.pods())
                            .mapToObj(pods::address)
                            .collect(Collectors.joining(",")));
            Calls.metadata(load).forEach((key, value) -> lines.add(target + ".metadata." + key + "=" + value));
        }
        return lines;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static String namespace() {
        return NAMESPACE;
    }

    static String name(int object) {
        return "llm-" + object;
    }

    /** Its port for calls. */
    int port() {
        return port;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** CPU time of all its threads so far, in seconds, in steps of 10 ms. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        // utime and stime, fields 14 and 15 (proc_pid_stat(5))
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /**
     * Memory that it has now, or had at most.
     *
     * @param field {@code VmRSS} or {@code VmHWM}
     */
    double megabytes(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                        .filter(line -> line.startsWith(field + ":"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                        .findFirst()
                        .orElseThrow()
                / 1_000.0;
    }

    /**
     * Of its heap, in bytes.
     *
     * @param allocated by all its threads so far
     * @param live what is left after a collection
     */
    record Heap(long allocated, long live) {}

    /** Lets it collect its garbage, and loads what answers into it: only after all else was measured. Empty: it is no JVM. */
    Optional<Heap> heap() throws IOException {
        VirtualMachine machine;
        try {
            machine = VirtualMachine.attach(Long.toString(process.pid()));
        } catch (AttachNotSupportedException native_) {
            return Optional.empty();
        }
        try (JMXConnector connector =
                JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()))) {
            MBeanServerConnection beans = connector.getMBeanServerConnection();
            MemoryMXBean memory = ManagementFactory.newPlatformMXBeanProxy(
                    beans, ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class);
            memory.gc();
            return Optional.of(new Heap(
                    ManagementFactory.newPlatformMXBeanProxy(
                                    beans, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class)
                            .getTotalThreadAllocatedBytes(),
                    memory.getHeapMemoryUsage().getUsed()));
        } finally {
            machine.detach();
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
