package io.nimscaler.settings;

import io.netty.util.NetUtil;
import io.nimscaler.config.ScalerSettings;
import io.nimscaler.exposition.ReadLimits;
import io.nimscaler.files.Expiries;
import io.nimscaler.files.FileReading;
import io.nimscaler.files.NamedFile;
import io.nimscaler.kubernetes.Confinement;
import io.nimscaler.kubernetes.ExporterWatch;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scrape.PodAuths;
import io.nimscaler.scrape.ScrapeSettings;
import io.nimscaler.server.BasicUsers;
import io.nimscaler.server.GateSettings;
import io.nimscaler.server.ServerTls;
import io.nimscaler.server.TlsFiles;
import io.nimscaler.storage.MinuteFiles;
import io.nimscaler.trigger.Grammar;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Violation;
import io.nimscaler.wake.WakeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * All settings, checked.
 *
 * @param expiries until when the certificates that settings name are valid
 * @param staticTargets sorted by namespace and name
 * @param effective item → value of all that is set or has a default, without secrets: files by their path
 */
public record Settings(
        GateSettings gate,
        ScrapeSettings scrape,
        PodAuths podAuths,
        Expiries expiries,
        List<WakeSource> wakeSources,
        Optional<ExporterWatch.Where> gpuExporters,
        Watching kubernetes,
        Remembering history,
        boolean demo,
        List<StaticTarget> staticTargets,
        Map<String, String> effective) {

    /**
     * Which ScaledObjects and pods are watched.
     *
     * @param namespaces empty: all
     * @param serviceNames first labels of a {@code scalerAddress} that is ours
     * @param scaleRefresh how often replicas are read although nothing is seen to change
     */
    public record Watching(
            boolean enabled,
            List<String> namespaces,
            List<String> serviceNames,
            Duration scaleRefresh,
            Confinement confinement) {}

    /**
     * What is remembered of decisions.
     *
     * @param length 0: nothing
     * @param maxBytes of all triggers together
     * @param keeping what outlasts a restart; empty: nothing
     */
    public record Remembering(Duration length, long maxBytes, Optional<Keeping> keeping) {}

    /**
     * Minutes that are kept on a disk.
     *
     * @param directory an absolute path; whether it can be used shows when it is
     */
    public record Keeping(Path directory, MinuteFiles.Bounds bounds) {}

    /**
     * A scale target without Kubernetes.
     *
     * @param warnings about its trigger
     */
    public record StaticTarget(
            ScaledObjectId scaledObject, List<Address> addresses, Trigger trigger, List<String> warnings) {}

    /**
     * Where a pod is.
     *
     * @param text as written
     * @param host an IP address
     * @param port the one port it is asked at; empty: what the trigger says
     */
    public record Address(String text, String host, OptionalInt port) {

        /** {@code IPv4:PORT} or {@code [IPv6]:PORT}. */
        private static final Pattern WITH_PORT = Pattern.compile("([0-9.]+|\\[[0-9a-fA-F:.]+]):([1-9][0-9]{0,4})");

        /** Of an IP address, {@code IPv4:PORT} or {@code [IPv6]:PORT}; empty: it is none of them. */
        public static Optional<Address> of(String text) {
            Matcher withPort = WITH_PORT.matcher(text);
            if (!withPort.matches()) {
                return NetUtil.isValidIpV4Address(text) || NetUtil.isValidIpV6Address(text)
                        ? Optional.of(new Address(text, text, OptionalInt.empty()))
                        : Optional.empty();
            }
            boolean inBrackets = text.startsWith("[");
            String host = inBrackets
                    ? withPort.group(1).substring(1, withPort.group(1).length() - 1)
                    : withPort.group(1);
            int port = Integer.parseInt(withPort.group(2));
            boolean isHost = inBrackets ? NetUtil.isValidIpV6Address(host) : NetUtil.isValidIpV4Address(host);
            return isHost && port <= 65535
                    ? Optional.of(new Address(text, host, OptionalInt.of(port)))
                    : Optional.empty();
        }
    }

    /** What became of the settings. */
    public sealed interface Read {

        /** They can be started with. */
        record Usable(Settings settings) implements Read {}

        /** All that is wrong with them, in the order of the documentation; not empty. */
        record Unusable(List<Violation> violations) implements Read {

            public Unusable {
                violations = List.copyOf(violations);
            }

            /** One line each. */
            public String text() {
                return violations.stream().map(Violation::text).collect(Collectors.joining("\n", count() + ":\n", ""));
            }

            private String count() {
                return violations.size() == 1
                        ? "cannot start, 1 setting is wrong"
                        : "cannot start, " + violations.size() + " settings are wrong";
            }
        }
    }

    /** Reads them, and the files that they name. Blocks. */
    public static Read read(ScalerSettings written) {
        SettingsReader reader = new SettingsReader();
        Expiries expiries = new Expiries();
        GateSettings gate = gate(reader, written.grpc(), written.api());
        ScrapeSettings scrape = scrape(reader, written.scrape());
        PodAuths podAuths = PodAuthReading.read(reader, written.pods(), expiries);
        Set<String> auths = written.pods().auth().keySet();
        List<WakeSource> wakeSources = WakeReading.list(reader, written.wakeSources(), auths);
        Watching watching = watching(reader, written.kubernetes());
        Optional<ExporterWatch.Where> gpuExporters = ExporterReading.where(
                reader, written.gpuExporters(), watching.confinement().localAddressesAllowed(), auths);
        Remembering remembering = remembering(reader, written.history());
        boolean demo = reader.flag("demo.enabled", written.demo().enabled());
        List<StaticTarget> targets = StaticTargetReading.list(reader, written.staticTargets(), wakeSources);
        if (!reader.violations().isEmpty()) {
            return new Read.Unusable(reader.violations());
        }
        return new Read.Usable(new Settings(
                gate,
                scrape,
                podAuths,
                expiries,
                wakeSources,
                gpuExporters,
                watching,
                remembering,
                demo,
                targets,
                reader.effective()));
    }

    /** All that is in force on one line, without the prefix that all have in common. */
    public String text() {
        return effective.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" "));
    }

    /** Names that are set and are none of ours, with what was meant if that can be told. */
    public static List<Violation> unknown(Iterable<String> properties, Set<String> variables) {
        List<String> names = new ArrayList<>();
        properties.forEach(names::add);
        return SettingNames.unknown(names, variables);
    }

    private static GateSettings gate(SettingsReader reader, ScalerSettings.Grpc grpc, ScalerSettings.Api api) {
        Optional<NamedFile> certificate =
                file(reader, "grpc.tls.certificate", grpc.tls().certificate());
        Optional<NamedFile> key = file(reader, "grpc.tls.key", grpc.tls().key());
        Optional<NamedFile> clientCa =
                file(reader, "grpc.tls.client-ca", grpc.tls().clientCa());
        reader.duration(
                "grpc.tls.reload-period", grpc.tls().reloadPeriod(), Duration.ofSeconds(1), Duration.ofHours(24));
        if (certificate.isPresent() && key.isEmpty()) {
            reader.wrong("grpc.tls.key", Optional.empty(), "it together with nim-scaler.grpc.tls.certificate");
        }
        if (key.isPresent() && certificate.isEmpty()) {
            reader.wrong("grpc.tls.certificate", Optional.empty(), "it together with nim-scaler.grpc.tls.key");
        }
        if (clientCa.isPresent() && certificate.isEmpty()) {
            reader.wrong("grpc.tls.client-ca", grpc.tls().clientCa(), "it only with nim-scaler.grpc.tls.certificate");
        }
        List<String> identities = reader.list(
                "grpc.client-identities",
                grpc.clientIdentities(),
                false,
                name -> name.length() <= 2048 && name.matches("[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?"),
                "common names, DNS names or URIs of 1 to 2048 printable ASCII characters");
        if (!identities.isEmpty() && clientCa.isEmpty()) {
            reader.wrong(
                    "grpc.client-identities",
                    Optional.of(String.join(",", identities)),
                    "them only with nim-scaler.grpc.tls.client-ca");
        }
        Optional<TlsFiles> tls = certificate.flatMap(cert -> key.map(k -> new TlsFiles(cert, k, clientCa)));
        tls.ifPresent(files -> ServerTls.check(files, reader::wrong));
        boolean rest = reader.flag("api.enabled", api.enabled());
        List<String> hosts = reader.list(
                "api.hosts",
                api.hosts(),
                true,
                Grammar::isHostPattern,
                "names such as scaler.example.org or *.example.org, or *");
        Optional<BasicUsers> users = file(reader, "api.users-file", api.usersFile())
                .flatMap(file -> FileReading.orTell(() -> BasicUsers.of(file), reader::wrong));
        return new GateSettings(tls, identities, rest, hosts, users);
    }

    private static Optional<NamedFile> file(SettingsReader reader, String item, Optional<String> path) {
        path.ifPresent(text -> reader.inForce(item, text));
        return path.map(text -> new NamedFile(SettingNames.PREFIX + item, text));
    }

    private static ScrapeSettings scrape(SettingsReader reader, ScalerSettings.Scrape written) {
        ReadLimits limits = ReadLimits.DEFAULT;
        Duration timeout =
                reader.duration("scrape.timeout", written.timeout(), Duration.ofMillis(1), Duration.ofHours(1));
        int bodyBytes = Math.toIntExact(reader.bytes("scrape.max-body-size", written.maxBodySize(), "1", "1G"));
        return new ScrapeSettings(
                timeout,
                reader.duration("scrape.keep-alive", written.keepAlive(), Duration.ofSeconds(1), Duration.ofHours(1)),
                new ReadLimits(bodyBytes, limits.lineBytes(), limits.labels(), limits.series()));
    }

    private static Remembering remembering(SettingsReader reader, ScalerSettings.History written) {
        Duration length = reader.duration("history.length", written.length(), Duration.ZERO, Duration.ofHours(24));
        long memory = reader.bytes("history.max-memory", written.maxMemory(), "0", "16G");
        Optional<String> directory = reader.optional(
                "history.directory", written.directory(), Settings::isAbsolutePath, "an absolute path such as /data");
        int days = reader.number("history.days", written.days(), 1, 366);
        long disk = reader.bytes("history.max-disk", written.maxDisk(), "1M", "1T");
        return new Remembering(
                length, memory, directory.map(path -> new Keeping(Path.of(path), new MinuteFiles.Bounds(days, disk))));
    }

    private static boolean isAbsolutePath(String text) {
        return text.matches("/[A-Za-z0-9._/-]{0,1000}");
    }

    private static Watching watching(SettingsReader reader, ScalerSettings.Kubernetes written) {
        return new Watching(
                reader.flag("kubernetes.enabled", written.enabled()),
                reader.list(
                        "kubernetes.namespaces", written.namespaces(), false, Grammar::isLabel, "names of namespaces"),
                reader.list(
                        "kubernetes.service-names",
                        written.serviceNames(),
                        true,
                        Grammar::isLabel,
                        "names of Services"),
                reader.duration(
                        "kubernetes.scale-refresh",
                        written.scaleRefresh(),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(10)),
                new Confinement(
                        reader.flag("kubernetes.allow-host-network", written.allowHostNetwork()),
                        reader.flag("kubernetes.allow-local-addresses", written.allowLocalAddresses())));
    }
}
