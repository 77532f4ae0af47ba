package io.nimscaler.server;

import io.nimscaler.files.Certificates;
import io.nimscaler.files.Expiries;
import io.nimscaler.files.FileReading;
import io.nimscaler.files.NamedFile;
import io.nimscaler.files.UnusableFileException;
import io.nimscaler.trigger.Violation;
import io.quarkus.tls.runtime.KeyStoreAndKeyCertOptions;
import io.quarkus.tls.runtime.KeyStoreProvider;
import io.quarkus.tls.runtime.TrustStoreAndTrustOptions;
import io.quarkus.tls.runtime.TrustStoreProvider;
import io.smallrye.common.annotation.Identifier;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import jakarta.inject.Singleton;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The certificate of port 9090 and the CA of its clients, for Quarkus's TLS registry. The registry asks at the start and once in
 * each reload period. It accepts every pair that it can read, and silently drops what it cannot read. So this class checks the
 * files first. If they cannot be used, it says so, and the former ones stay in use.
 */
@Singleton
@Identifier(ServerTls.BUCKET)
public class ServerTls implements KeyStoreProvider, TrustStoreProvider {

    /** The registry's name for it, as in {@code config.GrpcTlsConfigSource}. */
    static final String BUCKET = "nim-scaler-grpc";

    private static final Logger LOG = Logger.getLogger(ServerTls.class);

    /** Vert.x would read paths with it; here are bytes, and settings are checked before there is one. */
    private static final @Nullable Vertx NOT_NEEDED = null;

    /** Files as they were read, and what was made of them. */
    private record Pair(Buffer certificate, Buffer key, KeyStoreAndKeyCertOptions made, List<X509Certificate> chain) {}

    private record Trust(Buffer ca, TrustStoreAndTrustOptions made, List<X509Certificate> authorities) {}

    private final Optional<TlsFiles> files;
    private final Expiries expiries;
    private Optional<Pair> pair = Optional.empty();
    private Optional<Trust> trust = Optional.empty();
    private String saidOfPair = "";
    private String saidOfTrust = "";

    ServerTls(GateSettings settings, Expiries expiries) {
        this.files = settings.tls();
        this.expiries = expiries;
    }

    /** Tells all that is not usable of the files as they are now; blocks. */
    public static void check(TlsFiles files, Consumer<Violation> wrong) {
        Optional<byte[]> certificate = FileReading.orTell(() -> certificates(files.certificate()), wrong);
        Optional<byte[]> key = FileReading.orTell(() -> files.key().bytes(), wrong);
        if (certificate.isPresent() && key.isPresent()) {
            FileReading.orTell(() -> readPair(files), wrong);
        }
        files.clientCa().ifPresent(ca -> FileReading.orTell(() -> readTrust(ca), wrong));
    }

    private static byte[] certificates(NamedFile file) throws UnusableFileException {
        byte[] pem = file.bytes();
        Certificates.read(file, pem);
        return pem;
    }

    /**
     * Reads all files, also that of the trust store, which the registry asks for next.
     *
     * @throws IllegalStateException where nothing has changed since the last call, which leaves the registry with what it has: each
     *     thing that it is given makes the server refuse connections for the moment of the update
     */
    @Override
    public synchronized @Nullable KeyStoreAndKeyCertOptions getKeyStore(Vertx vertx) {
        if (files.isEmpty()) {
            return null;
        }
        boolean pairChanged = readPairAgain(files.get());
        boolean trustChanged =
                files.get().clientCa().filter(this::readTrustAgain).isPresent();
        if (!pairChanged && !trustChanged) {
            throw new IllegalStateException("nothing new in the TLS files");
        }
        return pair.map(Pair::made).orElseThrow(() -> new IllegalStateException(saidOfPair));
    }

    @Override
    public synchronized @Nullable TrustStoreAndTrustOptions getTrustStore(Vertx vertx) {
        if (files.flatMap(TlsFiles::clientCa).isEmpty()) {
            return null;
        }
        return trust.map(Trust::made).orElseThrow(() -> new IllegalStateException(saidOfTrust));
    }

    private boolean readPairAgain(TlsFiles named) {
        try {
            Pair now = readPair(named);
            saidOfPair = "";
            if (pair.filter(former -> former.certificate().equals(now.certificate())
                            && former.key().equals(now.key()))
                    .isPresent()) {
                return false;
            }
            tell(named.certificate(), now.chain(), pair.isPresent());
            pair = Optional.of(now);
            return true;
        } catch (UnusableFileException e) {
            saidOfPair = complain(e, saidOfPair);
            return false;
        }
    }

    private boolean readTrustAgain(NamedFile named) {
        try {
            Trust now = readTrust(named);
            saidOfTrust = "";
            if (trust.filter(former -> former.ca().equals(now.ca())).isPresent()) {
                return false;
            }
            tell(named, now.authorities(), trust.isPresent());
            trust = Optional.of(now);
            return true;
        } catch (UnusableFileException e) {
            saidOfTrust = complain(e, saidOfTrust);
            return false;
        }
    }

    private void tell(NamedFile file, List<X509Certificate> certificates, boolean renewed) {
        Certificates.firstExpiry(certificates).ifPresent(expiry -> expiries.put(file.setting(), expiry));
        if (renewed) {
            LOG.infof("the file of %s has changed: its new content is used from now on", file.setting());
        }
    }

    /** Once for each change of what is wrong, not once a period. */
    private static String complain(UnusableFileException wrong, String said) {
        String text = String.valueOf(wrong.getMessage());
        if (!text.equals(said)) {
            LOG.warnf("the changed TLS files cannot be used, the ones before stay in use: %s", text);
        }
        return text;
    }

    private static Pair readPair(TlsFiles files) throws UnusableFileException {
        Buffer certificate = Buffer.buffer(files.certificate().bytes());
        Buffer key = Buffer.buffer(files.key().bytes());
        List<X509Certificate> chain = Certificates.read(files.certificate(), certificate.getBytes());
        PemKeyCertOptions options =
                new PemKeyCertOptions().addCertValue(certificate).addKeyValue(key);
        KeyStore store;
        boolean fits;
        try {
            store = options.loadKeyStore(NOT_NEEDED);
            fits = Certificates.fitTheirKeys(
                    store, options.getKeyManagerFactory(NOT_NEEDED).getKeyManagers());
        } catch (Exception unparsable) {
            // Of many kinds; its text may quote what was read: a key, perhaps
            throw files.key().unusable("a private key in PEM");
        }
        if (!fits) {
            throw files.certificate()
                    .unusable("the certificate of the key in " + files.key().setting());
        }
        return new Pair(certificate, key, new KeyStoreAndKeyCertOptions(store, options), chain);
    }

    private static Trust readTrust(NamedFile ca) throws UnusableFileException {
        Buffer pem = Buffer.buffer(ca.bytes());
        List<X509Certificate> authorities = Certificates.read(ca, pem.getBytes());
        return new Trust(
                pem,
                new TrustStoreAndTrustOptions(
                        Certificates.trustStore(authorities), new PemTrustOptions().addCertValue(pem)),
                authorities);
    }
}
