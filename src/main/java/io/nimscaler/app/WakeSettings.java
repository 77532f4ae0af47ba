package io.nimscaler.app;

import io.nimscaler.config.ScalerSettings;
import io.nimscaler.scaler.WakeSource;
import io.nimscaler.trigger.Scheme;
import io.nimscaler.trigger.TriggerParser;
import io.nimscaler.wake.WakeMetric;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The wake sources of {@code nim-scaler.wake-sources}. */
final class WakeSettings {

    private static final Duration LEAST = Duration.ofMillis(250);
    private static final Duration MOST = Duration.ofMinutes(5);

    private final List<String> wrong = new ArrayList<>();

    private WakeSettings() {}

    /**
     * All of them.
     *
     * @param podAuths the names that they may give
     * @throws IllegalArgumentException with all that is wrong with all of them
     */
    static List<WakeSource> list(Map<String, ScalerSettings.WakeSource> settings, Set<String> podAuths) {
        WakeSettings reading = new WakeSettings();
        List<WakeSource> sources = settings.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(entry -> reading.source(entry.getKey(), entry.getValue(), podAuths).stream())
                .toList();
        if (!reading.wrong.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", reading.wrong));
        }
        return sources;
    }

    private Optional<WakeSource> source(String name, ScalerSettings.WakeSource settings, Set<String> auths) {
        int before = wrong.size();
        if (!TriggerParser.isSettingName(name)) {
            wrong.add("nim-scaler.wake-sources." + name
                    + ": expected a name of a letter, then letters, digits or -, 63 at most");
        }
        Optional<URI> url = url(settings.url());
        require(
                url.isPresent(),
                name,
                "url",
                settings.url().replaceAll("//[^/]*@", "//...@"),
                "an http or https URL with a path, such as http://gateway.llm:9090/metrics");
        boolean activation = Double.isFinite(settings.activation()) && settings.activation() >= 0;
        require(activation, name, "activation", String.valueOf(settings.activation()), "a number of at least 0");
        Optional<WakeMetric> metric = WakeMetric.of(
                settings.metric(),
                settings.modelLabel(),
                activation ? settings.activation() : 0,
                settings.absentIsZero());
        require(
                metric.isPresent(),
                name,
                "metric",
                settings.metric(),
                "the name of a gauge, or rate(NAME) of a counter");
        Duration interval = settings.pollInterval();
        require(
                interval.compareTo(LEAST) >= 0 && interval.compareTo(MOST) <= 0,
                name,
                "poll-interval",
                interval.toString(),
                "a duration from 250ms to 5m");
        settings.podAuth()
                .ifPresent(
                        auth -> require(auths.contains(auth), name, "pod-auth", auth, "one of nim-scaler.pods.auth"));
        return wrong.size() > before
                ? Optional.empty()
                : Optional.of(source(name, settings, url.orElseThrow(), metric.orElseThrow()));
    }

    private static WakeSource source(String name, ScalerSettings.WakeSource settings, URI url, WakeMetric metric) {
        boolean https = url.getScheme().equalsIgnoreCase("https");
        int defaultPort = https ? 443 : 80;
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        return new WakeSource(
                name,
                Set.copyOf(settings.namespaces()),
                https ? Scheme.HTTPS : Scheme.HTTP,
                url.getHost().replaceAll("[\\[\\]]", ""),
                url.getPort() < 0 ? defaultPort : url.getPort(),
                url.getRawPath() + query,
                settings.podAuth(),
                settings.pollInterval(),
                metric);
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

    private void require(boolean holds, String name, String item, String value, String expected) {
        if (!holds) {
            wrong.add("nim-scaler.wake-sources." + name + "." + item + " = \"" + value + "\": expected " + expected);
        }
    }
}
