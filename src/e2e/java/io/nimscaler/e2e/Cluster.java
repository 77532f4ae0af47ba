package io.nimscaler.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The cluster that all stories share: the project's own, or the one of KUBECONFIG, of which no part can be stopped.
 */
public final class Cluster {

    private static final Cluster SHARED = new Cluster();

    private final KubernetesClient client = new KubernetesClientBuilder().build();
    private final boolean own = !"kubeconfig".equals(System.getenv("E2E_CLUSTER"));

    private Cluster() {
        // The cluster's names change within seconds
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
    }

    static Cluster shared() {
        return SHARED;
    }

    KubernetesClient client() {
        return client;
    }

    boolean isOwn() {
        return own;
    }

    /** A component of the control plane, or of KEDA, by the name of its program. The story is skipped where it is not ours to stop. */
    public Component component(String name) {
        assumeTrue(own, name + " belongs to the cluster of KUBECONFIG, it is not stopped");
        return new Component(name);
    }

    /** The version of KEDA beside the one that runs. The story is skipped where it was not built. */
    public String otherKeda() {
        String version = System.getenv("E2E_OTHER_KEDA");
        assumeTrue(
                own && Files.isExecutable(Path.of(System.getenv("E2E_HOME"), "keda-" + version, "keda-adapter")),
                "KEDA " + version + " was not built: src/e2e/cluster/build.sh makes it");
        return version;
    }

    /** The log of a component of our own cluster; empty for the cluster of KUBECONFIG. */
    List<String> logOf(String component, long fromByte) {
        Path log = log(component);
        if (!Files.exists(log)) {
            return List.of();
        }
        try (var channel = Files.newByteChannel(log)) {
            channel.position(Math.min(fromByte, channel.size()));
            return new String(Channels.newInputStream(channel).readAllBytes()).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long sizeOfLog(String component) {
        try {
            return Files.exists(log(component)) ? Files.size(log(component)) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path log(String component) {
        return run().resolve("log").resolve(component + ".log");
    }

    /** A setting that the build passes on. */
    static String setting(String name) {
        String value = System.getProperty(name);
        if (value == null || value.isBlank()) {
            throw new IllegalStateException(name + " is not set: run the scenarios by mvn verify -Pe2e");
        }
        return value;
    }

    /** A program that was built from this project. */
    static Path program(String name) {
        return run().resolve("bin").resolve(name);
    }

    private static Path run() {
        return Path.of(System.getenv("E2E_RUN"));
    }

    /** One program of the control plane or of KEDA. */
    public record Component(String name) {

        /** Ends it as a crash would. */
        public void kill() {
            script("in", "-k", name, "KILL");
        }

        /** Stops it from answering; what is connected stays connected. */
        public void freeze() {
            script("in", "-k", name, "STOP");
        }

        /** Lets it go on. */
        public void thaw() {
            script("in", "-k", name, "CONT");
        }

        /** Starts it again where it does not run. */
        public void start() {
            script("component", name);
        }

        /** Starts a part of KEDA in another version than the cluster's, where it does not run. */
        public void start(String keda) {
            script(Map.of("E2E_KEDA", keda), "component", name);
        }

        /**
         * It answers again. It is started again where it has ended meanwhile, as a kubelet would do it.
         *
         * @throws AssertionError if it does not; with what its log says last
         */
        public void expectAnswers(Story story, Duration within, BooleanSupplier answers) {
            try {
                story.expect(name + " answers", within, () -> {
                    start();
                    return answers.getAsBoolean();
                });
            } catch (ConditionTimeoutException silent) {
                List<String> log = SHARED.logOf(name, 0);
                throw new AssertionError(
                        name + " does not answer, and says: " + log.subList(Math.max(0, log.size() - 5), log.size()),
                        silent);
            }
        }

        /** How many lines of its log hold this text. */
        public long logged(String text) {
            return SHARED.logOf(name, 0).stream().filter(line -> line.contains(text)).count();
        }

        private static void script(String script, String... arguments) {
            script(Map.of(), script, arguments);
        }

        private static void script(Map<String, String> environment, String script, String... arguments) {
            List<String> command = Stream.concat(
                            Stream.of(Path.of(setting("e2e.scripts"), script).toString()), Stream.of(arguments))
                    .toList();
            try {
                ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
                builder.environment().putAll(environment);
                Process process = builder.start();
                if (process.waitFor() != 0) {
                    throw new IllegalStateException(command + " ended with " + process.exitValue());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(command + " was interrupted", e);
            }
        }
    }
}
