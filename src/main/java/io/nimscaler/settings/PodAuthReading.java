package io.nimscaler.settings;

import io.nimscaler.config.ScalerSettings;
import io.nimscaler.files.Expiries;
import io.nimscaler.scrape.PodAuthSettings;
import io.nimscaler.scrape.PodAuths;
import io.nimscaler.trigger.Grammar;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads {@code nim-scaler.pods}. */
final class PodAuthReading {

    private PodAuthReading() {}

    static PodAuths read(SettingsReader reader, ScalerSettings.Pods written, Expiries expiries) {
        List<PodAuthSettings> auths = new ArrayList<>();
        new TreeMap<>(written.auth()).forEach((name, auth) -> auths.add(auth(reader, name, auth)));
        Duration reload = reader.duration(
                "pods.reload-period", written.reloadPeriod(), Duration.ofSeconds(1), Duration.ofHours(24));
        return PodAuths.read(auths, reload, expiries, reader::wrong);
    }

    private static PodAuthSettings auth(SettingsReader reader, String name, ScalerSettings.PodAuth written) {
        String item = "pods.auth." + name + ".";
        if (!Grammar.isSettingName(name)) {
            reader.wrong(
                    "pods.auth." + name, Optional.empty(), "a name of a letter, then letters, digits or -, 63 at most");
        }
        List<String> namespaces = reader.list(
                item + "namespaces", written.namespaces(), true, Grammar::isLabelOrEvery, "names of namespaces, or *");
        Optional<Path> ca = path(reader, item + "ca", written.ca());
        Optional<String> serverName = reader.optional(
                item + "server-name",
                written.serverName(),
                Grammar::isHost,
                "a DNS name or an IP address, 253 characters at most");
        Optional<Path> token = path(reader, item + "token-file", written.tokenFile());
        boolean overHttp = reader.flag(item + "token-over-http", written.tokenOverHttp());
        Optional<Path> certificate = path(reader, item + "client-certificate", written.clientCertificate());
        Optional<Path> key = path(reader, item + "client-key", written.clientKey());
        if (certificate.isPresent() != key.isPresent()) {
            String missing = certificate.isPresent() ? "client-key" : "client-certificate";
            String present = certificate.isPresent() ? "client-certificate" : "client-key";
            reader.wrong(item + missing, Optional.empty(), "it together with " + SettingNames.PREFIX + item + present);
        }
        boolean both = certificate.isPresent() && key.isPresent();
        return new PodAuthSettings(
                name,
                Set.copyOf(namespaces),
                ca,
                serverName,
                token,
                certificate.filter(_ -> both),
                key.filter(_ -> both),
                overHttp);
    }

    private static Optional<Path> path(SettingsReader reader, String item, Optional<String> text) {
        return reader.optional(item, text, path -> path.indexOf(0) < 0, "the path of a file")
                .map(Path::of);
    }
}
