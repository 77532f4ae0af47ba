package io.nimscaler.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nimscaler.PrivateCa;
import io.nimscaler.files.Expiries;
import io.nimscaler.files.NamedFile;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the certificate in use when its files change, step by step. */
class ServerTlsTest {

    private static final PrivateCa CA = new PrivateCa("server-ca");
    private static final String CERTIFICATE = "nim-scaler.grpc.tls.certificate";
    private static final String CLIENT_CA = "nim-scaler.grpc.tls.client-ca";

    @TempDir
    private Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final Expiries expiries = new Expiries();
    private final List<String> lines = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(line.getLevel() + " " + line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        Logger.getLogger(ServerTls.class.getName()).addHandler(handler);
    }

    @AfterEach
    void close() {
        Logger.getLogger(ServerTls.class.getName()).removeHandler(handler);
        vertx.close();
    }

    private ServerTls tls() {
        CA.writeTo(folder.resolve("ca.crt"));
        TlsFiles files = new TlsFiles(
                new NamedFile(CERTIFICATE, folder.resolve("tls.crt").toString()),
                new NamedFile(
                        "nim-scaler.grpc.tls.key", folder.resolve("tls.key").toString()),
                Optional.of(new NamedFile(CLIENT_CA, folder.resolve("ca.crt").toString())));
        return new ServerTls(
                new GateSettings(Optional.of(files), List.of(), true, List.of(), Optional.empty()), expiries);
    }

    private X509Certificate used(ServerTls tls) throws Exception {
        KeyStore store = Objects.requireNonNull(tls.getKeyStore(vertx)).keyStore;
        return (X509Certificate) store.getCertificate(store.aliases().nextElement());
    }

    private void assertNothingNew(ServerTls tls) {
        assertThatThrownBy(() -> tls.getKeyStore(vertx)).hasMessage("nothing new in the TLS files");
    }

    @Test
    void newPairIsUsedOnceBothFilesAreNew() throws Exception {
        PrivateCa.Issued first = CA.issue("scaler").writeTo(folder);
        ServerTls tls = tls();
        assertThat(used(tls)).isEqualTo(first.certificate());
        assertNothingNew(tls);

        PrivateCa.Issued next = CA.issueFor(Duration.ofDays(9), "scaler");
        PrivateCa.write(folder.resolve("tls.crt"), next.certificatePem());
        assertNothingNew(tls);
        assertThat(expiries.of(CERTIFICATE))
                .hasValue(first.certificate().getNotAfter().toInstant());

        PrivateCa.write(folder.resolve("tls.key"), next.keyPem());
        assertThat(used(tls)).isEqualTo(next.certificate());
        assertThat(expiries.of(CERTIFICATE))
                .hasValue(next.certificate().getNotAfter().toInstant());
    }

    @Test
    void whatIsWrongIsSaidOnceForEachChange() throws Exception {
        CA.issue("scaler").writeTo(folder);
        ServerTls tls = tls();
        used(tls);
        String file = CERTIFICATE + " = \"" + folder.resolve("tls.crt") + "\": expected ";

        PrivateCa.write(folder.resolve("tls.crt"), CA.issue("scaler").certificatePem());
        assertNothingNew(tls);
        assertNothingNew(tls);
        Files.delete(folder.resolve("tls.crt"));
        assertNothingNew(tls);
        assertNothingNew(tls);
        PrivateCa.write(folder.resolve("ca.crt"), "garbage");
        assertNothingNew(tls);
        assertNothingNew(tls);

        String said = "WARN the changed TLS files cannot be used, the ones before stay in use: ";
        assertThat(lines)
                .containsExactly(
                        said + file + "the certificate of the key in nim-scaler.grpc.tls.key",
                        said + file + "a file that can be read, got NoSuchFileException",
                        said + CLIENT_CA + " = \"" + folder.resolve("ca.crt") + "\": expected certificates in PEM");
    }

    @Test
    void newCaOfClientsIsTrusted() throws Exception {
        CA.issue("scaler").writeTo(folder);
        ServerTls tls = tls();
        used(tls);
        PrivateCa next = new PrivateCa("next-ca");
        next.writeTo(folder.resolve("ca.crt"));
        assertThat(tls.getKeyStore(vertx)).isNotNull();
        KeyStore trusted = Objects.requireNonNull(tls.getTrustStore(vertx)).trustStore;
        assertThat(((X509Certificate) trusted.getCertificate(trusted.aliases().nextElement()))
                        .getSubjectX500Principal()
                        .getName())
                .isEqualTo("CN=next-ca");
    }
}
