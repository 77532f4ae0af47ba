package io.nimscaler.settings;

import io.nimscaler.trigger.Nearest;
import io.nimscaler.trigger.Violation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The names of all settings, and the setting that was probably meant by an unknown name. */
public final class SettingNames {

    static final String PREFIX = "nim-scaler.";
    private static final String ENV_PREFIX = "NIM_SCALER_";
    private static final String NAME = "NAME";
    private static final String KEY = "KEY";

    /** Without {@code nim-scaler.}; NAME and KEY stand for words of the user's. */
    public static final List<String> KNOWN = List.of(
            "grpc.tls.certificate",
            "grpc.tls.key",
            "grpc.tls.client-ca",
            "grpc.tls.reload-period",
            "grpc.client-identities",
            "api.enabled",
            "api.users-file",
            "api.hosts",
            "scrape.timeout",
            "scrape.max-body-size",
            "scrape.keep-alive",
            "pods.auth.NAME.namespaces",
            "pods.auth.NAME.ca",
            "pods.auth.NAME.server-name",
            "pods.auth.NAME.token-file",
            "pods.auth.NAME.token-over-http",
            "pods.auth.NAME.client-certificate",
            "pods.auth.NAME.client-key",
            "pods.reload-period",
            "wake-sources.NAME.url",
            "wake-sources.NAME.metric",
            "wake-sources.NAME.namespaces",
            "wake-sources.NAME.poll-interval",
            "wake-sources.NAME.model-label",
            "wake-sources.NAME.labels",
            "wake-sources.NAME.activation",
            "wake-sources.NAME.absent-is-zero",
            "wake-sources.NAME.pod-auth",
            "gpu-exporters.namespace",
            "gpu-exporters.selector",
            "gpu-exporters.port",
            "gpu-exporters.path",
            "gpu-exporters.https",
            "gpu-exporters.pod-auth",
            "kubernetes.enabled",
            "kubernetes.namespaces",
            "kubernetes.service-names",
            "kubernetes.scale-refresh",
            "kubernetes.allow-host-network",
            "kubernetes.allow-local-addresses",
            "history.length",
            "history.max-memory",
            "history.directory",
            "history.days",
            "history.max-disk",
            "demo.enabled",
            "static-targets.NAME.namespace",
            "static-targets.NAME.addresses",
            "static-targets.NAME.metric-type",
            "static-targets.NAME.metadata.KEY");

    private static final List<Pattern> PROPERTIES =
            KNOWN.stream().map(SettingNames::property).toList();
    private static final List<Pattern> VARIABLES =
            KNOWN.stream().map(SettingNames::variable).toList();

    /** What Kubernetes sets for a Service of such a name in the same namespace (docs: "Accessing the Service"). */
    private static final Pattern SERVICE_LINK =
            Pattern.compile(".*_SERVICE_(HOST|PORT)(_.*)?|.*_PORT(_[0-9]+_(TCP|UDP|SCTP)(_.*)?)?");

    private SettingNames() {}

    /** A name of a list's item, {@code namespaces[0]}, is the list's. */
    private static Pattern property(String known) {
        return Pattern.compile(
                known.replace(".", "\\.").replace(NAME, "(\"[^\"]+\"|[^.]+)").replace(KEY, ".+") + "(\\[[0-9]+\\])?");
    }

    /** As MicroProfile Config writes names of environment variables: what is no letter or digit is _. */
    private static Pattern variable(String known) {
        return Pattern.compile(asVariable(known) + "(_[0-9]+_)?");
    }

    private static String asVariable(String known) {
        return known.replaceAll("[^A-Za-z0-9]", "_")
                .toUpperCase(Locale.ROOT)
                .replace("_NAME_", "_.+_")
                .replaceAll("_KEY$", known.endsWith(KEY) ? "_.+" : "_KEY");
    }

    /**
     * One for each name that is none of ours, with what was meant if that can be told, sorted. What they are set to is not in it:
     * it may be a secret in the wrong place.
     *
     * @param properties names of all that is configured
     * @param variables names of all environment variables
     */
    static List<Violation> unknown(Collection<String> properties, Collection<String> variables) {
        List<Violation> unknown = new ArrayList<>();
        Set<String> sorted = new TreeSet<>(properties);
        for (String name : sorted) {
            if (name.startsWith(PREFIX) && !matches(PROPERTIES, name.substring(PREFIX.length()))) {
                String rest = name.substring(PREFIX.length());
                unknown.add(violation(name, nearestProperty(rest).map(near -> PREFIX + near)));
            }
        }
        for (String name : new TreeSet<>(variables)) {
            String upper = name.toUpperCase(Locale.ROOT);
            if (upper.startsWith(ENV_PREFIX)
                    && !matches(VARIABLES, name.substring(ENV_PREFIX.length()))
                    && !SERVICE_LINK.matcher(name).matches()) {
                String rest = upper.substring(ENV_PREFIX.length());
                unknown.add(violation(name, nearestVariable(rest).map(near -> ENV_PREFIX + near)));
            }
        }
        return unknown;
    }

    private static Violation violation(String name, Optional<String> nearest) {
        return new Violation(name, Optional.empty(), "a known setting", nearest);
    }

    private static boolean matches(List<Pattern> known, String name) {
        return known.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }

    /** The user's own words are taken as they are. */
    private static Optional<String> nearestProperty(String other) {
        String[] words = other.split("\\.");
        List<String> candidates = KNOWN.stream()
                .map(known -> {
                    String[] parts = known.split("\\.");
                    for (int i = 0; i < parts.length && i < words.length; i++) {
                        if (parts[i].equals(NAME) || parts[i].equals(KEY)) {
                            parts[i] = words[i];
                        }
                    }
                    return String.join(".", parts);
                })
                .toList();
        return Nearest.to(other, candidates);
    }

    /** Where the user's own word ends cannot be told; each underscore is tried. */
    private static Optional<String> nearestVariable(String other) {
        List<String> candidates = new ArrayList<>();
        String[] words = other.split("_", 40);
        for (String known : KNOWN) {
            if (!known.contains(NAME)) {
                candidates.add(known.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT));
                continue;
            }
            String[] sides = known.split("\\.NAME\\.", 2);
            String before = sides[0].replaceAll("[^a-z0-9]", "_").toUpperCase(Locale.ROOT);
            String after = sides[1].replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
            int first = before.split("_").length;
            for (int last = first; last < words.length; last++) {
                String name = String.join("_", List.of(words).subList(first, last + 1));
                candidates.add(before + "_" + name + "_" + after);
            }
        }
        return Nearest.to(other, candidates);
    }
}
