package io.nimscaler.settings;

import io.nimscaler.config.ScalerSettings;
import io.nimscaler.trigger.Grammar;
import io.nimscaler.trigger.Reading;
import io.nimscaler.trigger.Scheme;
import io.nimscaler.wake.LabelMatcher;
import io.nimscaler.wake.WakeMetric;
import io.nimscaler.wake.WakeSource;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads {@code nim-scaler.wake-sources}. */
final class WakeReading {

    private static final int MOST_LABELS = 16;

    /** Each is asked up to four times a second, of a loop that asks 2,000 pods a second. */
    private static final int MOST_SOURCES = 100;

    /** Any that {@link WakeMetric} takes, for a source that is refused for something else. */
    private static final double NO_ACTIVATION = 0;

    private WakeReading() {}

    /**
     * All of them that are as expected.
     *
     * @param podAuths the names that they may give
     */
    static List<WakeSource> list(
            SettingsReader reader, Map<String, ScalerSettings.WakeSource> written, Set<String> podAuths) {
        List<WakeSource> sources = new ArrayList<>();
        if (written.size() > MOST_SOURCES) {
            reader.wrong(
                    "wake-sources", Optional.of(written.size() + " of them"), "at most " + MOST_SOURCES + " of them");
        }
        new TreeMap<>(written)
                .forEach(
                        (name, source) -> source(reader, name, source, podAuths).ifPresent(sources::add));
        return sources;
    }

    private static Optional<WakeSource> source(
            SettingsReader reader, String name, ScalerSettings.WakeSource written, Set<String> auths) {
        String item = "wake-sources." + name + ".";
        if (!Grammar.isSettingName(name)) {
            reader.wrong(
                    "wake-sources." + name,
                    Optional.empty(),
                    "a name of a letter, then letters, digits or -, 63 at most");
        }
        Optional<URI> url = written.url().flatMap(WakeReading::url);
        url.ifPresent(shown -> reader.inForce(item + "url", withoutQuery(shown)));
        if (url.isEmpty()) {
            reader.wrong(
                    item + "url",
                    written.url().map(WakeReading::withoutCredentials),
                    "an http or https URL with a path, such as http://gateway.llm:9090/metrics");
        }
        String metric = reader.text(
                item + "metric",
                written.metric(),
                text -> WakeMetric.of(text, "model_name", NO_ACTIVATION, false).isPresent(),
                "the name of a gauge, or rate(NAME) of a counter");
        List<String> namespaces = reader.list(
                item + "namespaces", written.namespaces(), true, Grammar::isLabelOrEvery, "names of namespaces, or *");
        Duration interval = reader.duration(
                item + "poll-interval",
                written.pollInterval(),
                Reading.SHORTEST_POLL_INTERVAL,
                Reading.LONGEST_POLL_INTERVAL);
        String modelLabel =
                reader.text(item + "model-label", written.modelLabel(), Grammar::isLabelName, "the name of a label");
        List<LabelMatcher> labels = reader
                .list(
                        item + "labels",
                        written.labels(),
                        false,
                        text -> LabelMatcher.of(text).isPresent(),
                        "label=value or label!=value, several with a comma between")
                .stream()
                .limit(MOST_LABELS)
                .flatMap(text -> LabelMatcher.of(text).stream())
                .toList();
        if (written.labels().map(List::size).orElse(0) > MOST_LABELS) {
            reader.wrong(item + "labels", Optional.empty(), "at most " + MOST_LABELS + " of them");
        }
        String activation = reader.text(
                item + "activation",
                written.activation(),
                text -> number(text).filter(value -> value >= 0).isPresent(),
                "a number of at least 0");
        boolean absentIsZero = reader.flag(item + "absent-is-zero", written.absentIsZero());
        Optional<String> podAuth =
                reader.optional(item + "pod-auth", written.podAuth(), auths::contains, "one of nim-scaler.pods.auth");
        return url.flatMap(
                at -> WakeMetric.of(metric, modelLabel, number(activation).orElse(NO_ACTIVATION), absentIsZero)
                        .map(demand -> demand.matching(labels))
                        .map(demand -> source(name, at, Set.copyOf(namespaces), podAuth, interval, demand)));
    }

    private static WakeSource source(
            String name,
            URI url,
            Set<String> namespaces,
            Optional<String> podAuth,
            Duration interval,
            WakeMetric metric) {
        boolean https = url.getScheme().equalsIgnoreCase("https");
        int defaultPort = https ? 443 : 80;
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        return new WakeSource(
                name,
                namespaces,
                https ? Scheme.HTTPS : Scheme.HTTP,
                url.getHost().replaceAll("[\\[\\]]", ""),
                url.getPort() < 0 ? defaultPort : url.getPort(),
                url.getRawPath() + query,
                podAuth,
                interval,
                metric);
    }

    /** Finite, not negative; a plain or scientific decimal. */
    private static Optional<Double> number(String text) {
        return text.matches("[0-9]{1,15}(\\.[0-9]{1,15})?([eE][+-]?[0-9]{1,2})?")
                ? Optional.of(Double.parseDouble(text))
                : Optional.empty();
    }

    /** What stands before an @ may be a password with any character in it. */
    private static String withoutCredentials(String url) {
        return withoutQuery(url.replaceAll("//.*@", "//...@"));
    }

    private static String withoutQuery(Object url) {
        return url.toString().replaceAll("\\?.*", "?...");
    }

    /** No user and password in it: credentials are files. */
    private static Optional<URI> url(String text) {
        try {
            URI url = new URI(text);
            boolean http = url.getScheme() != null
                    && Set.of("http", "https").contains(url.getScheme().toLowerCase(Locale.ROOT));
            boolean complete = url.getHost() != null
                    && url.getRawPath() != null
                    && url.getRawPath().startsWith("/");
            return http
                            && complete
                            && url.getRawUserInfo() == null
                            && url.getRawFragment() == null
                            && url.getPort() != 0
                            && url.getPort() <= 65535
                    ? Optional.of(url)
                    : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
