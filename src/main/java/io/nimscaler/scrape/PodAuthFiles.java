package io.nimscaler.scrape;

import io.nimscaler.files.Certificates;
import io.nimscaler.files.FileReading;
import io.nimscaler.files.NamedFile;
import io.nimscaler.files.UnusableFileException;
import io.nimscaler.trigger.Violation;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the files of one {@link PodAuthSettings} at a moment; all of them usable.
 *
 * @param expiries until when certificates are valid, by the setting that names their file
 */
record PodAuthFiles(
        Optional<Buffer> ca,
        Optional<Buffer> clientCertificate,
        Optional<Buffer> clientKey,
        Optional<String> authorization,
        Map<String, Instant> expiries) {

    PodAuthFiles {
        expiries = Map.copyOf(expiries);
    }

    /** Vert.x would read paths with it; here are bytes, and settings are checked before there is one. */
    private static final @Nullable Vertx NOT_NEEDED = null;

    /** RFC 6750, section 2.1: b64token. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{1,7000}=*");

    /** Tells all that is not usable; empty where something is not. Blocks. */
    static Optional<PodAuthFiles> read(PodAuthSettings settings, Consumer<Violation> wrong) {
        List<Violation> found = new ArrayList<>();
        Map<String, Instant> expiries = new HashMap<>();
        Optional<Buffer> ca = settings.caFile().flatMap(file -> certificates(file, expiries, found::add));
        Optional<Buffer> certificate =
                settings.clientCertificateFile().flatMap(file -> certificates(file, expiries, found::add));
        Optional<Buffer> key = settings.clientKeyFile()
                .flatMap(file -> FileReading.orTell(() -> Buffer.buffer(file.bytes()), found::add));
        Optional<String> authorization =
                settings.tokenNamed().flatMap(file -> FileReading.orTell(() -> authorization(file), found::add));
        PodAuthFiles files = new PodAuthFiles(ca, certificate, key, authorization, expiries);
        files.keyCert().ifPresent(keyCert -> FileReading.orTell(() -> checked(keyCert, settings), found::add));
        found.forEach(wrong);
        return found.isEmpty() ? Optional.of(files) : Optional.empty();
    }

    private static Optional<Buffer> certificates(
            NamedFile file, Map<String, Instant> expiries, Consumer<Violation> wrong) {
        return FileReading.orTell(
                () -> {
                    byte[] pem = file.bytes();
                    Certificates.firstExpiry(Certificates.read(file, pem))
                            .ifPresent(expiry -> expiries.put(file.setting(), expiry));
                    return Buffer.buffer(pem);
                },
                wrong);
    }

    private static PemKeyCertOptions checked(PemKeyCertOptions keyCert, PodAuthSettings settings)
            throws UnusableFileException {
        NamedFile key = settings.clientKeyFile().orElseThrow();
        boolean fits;
        try {
            fits = Certificates.fitTheirKeys(
                    keyCert.loadKeyStore(NOT_NEEDED),
                    keyCert.getKeyManagerFactory(NOT_NEEDED).getKeyManagers());
        } catch (Exception unparsable) {
            // Of many kinds; its text may quote what was read: a key, perhaps
            throw key.unusable("a private key in PEM");
        }
        if (!fits) {
            throw settings.clientCertificateFile()
                    .orElseThrow()
                    .unusable("the certificate of the key in " + key.setting());
        }
        return keyCert;
    }

    Optional<TrustOptions> trust() {
        return ca.map(pem -> new PemTrustOptions().addCertValue(pem));
    }

    Optional<PemKeyCertOptions> keyCert() {
        return clientCertificate.flatMap(certificate -> clientKey.map(
                key -> new PemKeyCertOptions().addCertValue(certificate).addKeyValue(key)));
    }

    private static String authorization(NamedFile file) throws UnusableFileException {
        String token = new String(file.bytes(), StandardCharsets.ISO_8859_1).strip();
        if (!TOKEN.matcher(token).matches()) {
            throw file.unusable("one line with a bearer token");
        }
        return "Bearer " + token;
    }

    /** Secrets have no text. */
    @Override
    public String toString() {
        return "PodAuthFiles";
    }
}
