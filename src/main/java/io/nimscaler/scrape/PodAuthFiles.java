package io.nimscaler.scrape;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** What stands in the files of one {@link PodAuthSettings} at a moment; all of them usable. */
record PodAuthFiles(
        Optional<Buffer> ca,
        Optional<Buffer> clientCertificate,
        Optional<Buffer> clientKey,
        Optional<String> authorization) {

    private static final long MOST_BYTES = 1 << 20;

    /** RFC 6750, section 2.1: b64token. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{1,7000}=*");

    /**
     * Blocks.
     *
     * @throws IllegalArgumentException with the setting, the file and what was expected in it, never with what is in it
     */
    static PodAuthFiles read(Vertx vertx, PodAuthSettings settings) {
        Optional<Buffer> ca = bytes(settings, "ca", settings.ca());
        Optional<Buffer> certificate = bytes(settings, "client-certificate", settings.clientCertificate());
        Optional<Buffer> key = bytes(settings, "client-key", settings.clientKey());
        PodAuthFiles files = new PodAuthFiles(ca, certificate, key, authorization(settings));
        require(
                () -> files.trust().ifPresent(trust -> use(() -> trust.getTrustManagerFactory(vertx))),
                settings,
                "ca",
                settings.ca(),
                "certificates in PEM");
        require(
                () -> files.keyCert().ifPresent(keyCert -> use(() -> keyCert.getKeyManagerFactory(vertx))),
                settings,
                "client-certificate",
                settings.clientCertificate(),
                "a certificate in PEM and its key in client-key");
        return files;
    }

    Optional<TrustOptions> trust() {
        return ca.map(pem -> new PemTrustOptions().addCertValue(pem));
    }

    Optional<KeyCertOptions> keyCert() {
        return clientCertificate.flatMap(certificate -> clientKey.map(
                key -> new PemKeyCertOptions().addCertValue(certificate).addKeyValue(key)));
    }

    private static Optional<String> authorization(PodAuthSettings settings) {
        Optional<String> token = bytes(settings, "token-file", settings.tokenFile())
                .map(bytes -> bytes.toString(StandardCharsets.ISO_8859_1).strip());
        if (token.isPresent() && !TOKEN.matcher(token.get()).matches()) {
            throw unusable(settings, "token-file", settings.tokenFile(), "one line with a bearer token", "");
        }
        return token.map(text -> "Bearer " + text);
    }

    private static Optional<Buffer> bytes(PodAuthSettings settings, String item, Optional<Path> file) {
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (Files.size(file.get()) > MOST_BYTES) {
                throw unusable(settings, item, file, "a file of at most " + MOST_BYTES + " bytes", "");
            }
            return Optional.of(Buffer.buffer(Files.readAllBytes(file.get())));
        } catch (IOException e) {
            throw unusable(
                    settings,
                    item,
                    file,
                    "a file that can be read",
                    ", got " + e.getClass().getSimpleName());
        }
    }

    @FunctionalInterface
    private interface Use {
        Object get() throws Exception;
    }

    private static void use(Use use) {
        try {
            use.get();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** What the parsers throw is of many kinds, and may quote what they read: a key, perhaps. */
    private static void require(
            Runnable parse, PodAuthSettings settings, String item, Optional<Path> file, String expected) {
        try {
            parse.run();
        } catch (RuntimeException unparsable) {
            throw unusable(settings, item, file, expected, "");
        }
    }

    private static IllegalArgumentException unusable(
            PodAuthSettings settings, String item, Optional<Path> file, String expected, String got) {
        return new IllegalArgumentException(PodAuthSettings.key(settings.name(), item) + " = \""
                + file.map(Path::toString).orElse("") + "\": expected " + expected + got);
    }

    /** Secrets have no text. */
    @Override
    public String toString() {
        return "PodAuthFiles";
    }
}
