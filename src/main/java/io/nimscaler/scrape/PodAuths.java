package io.nimscaler.scrape;

import io.nimscaler.files.Expiries;
import io.nimscaler.poll.PodAuth;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.trigger.Durations;
import io.nimscaler.trigger.Scheme;
import io.nimscaler.trigger.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The trust and credentials of the settings, and which namespaces may use them. The files are read at the start, where an
 * unusable file is an error. They are read again from time to time. If a file is unusable then, the former content stays in use:
 * a Secret that is broken for a moment must not stop the scaler from reading pods.
 */
public final class PodAuths {

    /** No trust but in public authorities, and no credentials. */
    public static final PodAuths NONE = new PodAuths(Map.of(), Map.of(), Duration.ofHours(1), new Expiries());

    private static final Logger LOG = Logger.getLogger(PodAuths.class);

    /** What a trigger that names none uses. */
    private static final String DEFAULT = "default";

    /** What one request is sent with. */
    sealed interface Choice {

        /** Nothing of ours. */
        record None() implements Choice {}

        record Chosen(PodAuthSettings settings, PodAuthFiles files) implements Choice {}

        /** It must not be sent. */
        record Refused(String detail) implements Choice {}
    }

    private static final Choice NOTHING = new Choice.None();

    private final Map<String, PodAuthSettings> settings;
    private final Map<String, PodAuthFiles> files;
    private final Map<String, String> broken = new HashMap<>();
    private final Expiries expiries;
    private final Duration reloadPeriod;

    private PodAuths(
            Map<String, PodAuthSettings> settings,
            Map<String, PodAuthFiles> files,
            Duration reloadPeriod,
            Expiries expiries) {
        this.settings = Map.copyOf(settings);
        this.files = new ConcurrentHashMap<>(files);
        this.reloadPeriod = reloadPeriod;
        this.expiries = expiries;
    }

    /**
     * Reads all files; blocks.
     *
     * @param reloadPeriod how often they are read again; at least 1 s
     * @param expiries told until when their certificates are valid
     * @param wrong told of all that is not usable; a name with such a file is not among them
     */
    public static PodAuths read(
            Collection<PodAuthSettings> settings, Duration reloadPeriod, Expiries expiries, Consumer<Violation> wrong) {
        if (reloadPeriod.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(
                    "reloadPeriod = " + Durations.text(reloadPeriod) + ", must be at least 1s");
        }
        Map<String, PodAuthSettings> byName =
                settings.stream().collect(Collectors.toMap(PodAuthSettings::name, each -> each));
        Map<String, PodAuthFiles> files = new TreeMap<>();
        new TreeMap<>(byName)
                .forEach((name, each) -> PodAuthFiles.read(each, wrong).ifPresent(content -> files.put(name, content)));
        files.values().forEach(each -> each.expiries().forEach(expiries::put));
        return new PodAuths(byName, files, reloadPeriod, expiries);
    }

    /** A name that does not exist and a name that this namespace may not use give the same error. */
    Choice choose(ScrapeRequest asked) {
        PodAuth auth = asked.auth();
        String name = auth.name().orElse(DEFAULT);
        PodAuthSettings chosen = settings.get(name);
        PodAuthFiles content = files.get(name);
        if (auth.byOperator() && auth.name().isEmpty()) {
            return NOTHING;
        }
        boolean allowed = chosen != null && (auth.byOperator() || chosen.isFor(auth.namespace()));
        if (chosen == null || content == null || !allowed) {
            return refusedIfNamed(
                    auth,
                    "podAuth = \"" + name + "\": expected one of nim-scaler.pods.auth that namespace "
                            + auth.namespace() + " may use");
        }
        if (asked.scheme() == Scheme.HTTP && content.authorization().isPresent() && !chosen.tokenOverHttp()) {
            return refusedIfNamed(
                    auth, "podAuth = \"" + name + "\": expected scheme https, its token is not sent without TLS");
        }
        return new Choice.Chosen(chosen, content);
    }

    private static Choice refusedIfNamed(PodAuth auth, String detail) {
        return auth.name().isPresent() ? new Choice.Refused(detail) : NOTHING;
    }

    Collection<PodAuthSettings> settings() {
        return settings.values();
    }

    Optional<PodAuthFiles> files(String name) {
        return Optional.ofNullable(files.get(name));
    }

    Duration reloadPeriod() {
        return reloadPeriod;
    }

    /** Reads all files again and returns the names whose files differ; blocks, one call at a time. */
    synchronized Set<String> reload() {
        Set<String> changed = new HashSet<>();
        settings.forEach((name, each) -> {
            List<String> wrong = new ArrayList<>();
            Optional<PodAuthFiles> read = PodAuthFiles.read(each, violation -> wrong.add(violation.text()));
            read.ifPresent(now -> {
                if (!now.equals(files.put(name, now))) {
                    changed.add(name);
                    LOG.infof("the files of podAuth %s have changed: their new content is used from now on", name);
                }
                now.expiries().forEach(expiries::put);
                broken.remove(name);
            });
            String text = String.join("; ", wrong);
            if (!text.isEmpty() && !text.equals(broken.put(name, text))) {
                LOG.warnf(
                        "the changed files of podAuth %s cannot be used, the ones before stay in use: %s", name, text);
            }
        });
        return changed;
    }
}
