package io.nimscaler.scrape;

import io.nimscaler.files.NamedFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Trust and credentials for pods, from files of Secrets that are mounted into the scaler.
 *
 * @param name what a trigger's {@code podAuth} says
 * @param namespaces of the ScaledObjects that may use them; {@code *} is every one
 * @param ca PEM; empty: public authorities
 * @param serverName what the certificate must be for, whatever the pod's address; empty: its IP address
 * @param tokenFile bearer token
 * @param tokenOverHttp whether the token may be sent without TLS, where everyone who sees the traffic can read it
 */
public record PodAuthSettings(
        String name,
        Set<String> namespaces,
        Optional<Path> ca,
        Optional<String> serverName,
        Optional<Path> tokenFile,
        Optional<Path> clientCertificate,
        Optional<Path> clientKey,
        boolean tokenOverHttp) {

    private static final String EVERY = "*";

    public PodAuthSettings {
        namespaces = Set.copyOf(namespaces);
        if (clientCertificate.isPresent() != clientKey.isPresent()) {
            throw new IllegalArgumentException(key(name, "client-certificate")
                    + clientCertificate.map(path -> " = \"" + path + "\"").orElse(" is not set")
                    + ": expected it together with client-key");
        }
    }

    boolean isFor(String namespace) {
        return namespaces.contains(EVERY) || namespaces.contains(namespace);
    }

    Optional<NamedFile> caFile() {
        return named("ca", ca);
    }

    Optional<NamedFile> tokenNamed() {
        return named("token-file", tokenFile);
    }

    Optional<NamedFile> clientCertificateFile() {
        return named("client-certificate", clientCertificate);
    }

    Optional<NamedFile> clientKeyFile() {
        return named("client-key", clientKey);
    }

    private Optional<NamedFile> named(String item, Optional<Path> file) {
        return file.map(path -> new NamedFile(key(name, item), path.toString()));
    }

    /** The setting's whole name. */
    static String key(String name, String item) {
        return "nim-scaler.pods.auth." + name + "." + item;
    }
}
