package io.nimscaler;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority of a test's own, as a company or cert-manager has one. */
public final class PrivateCa {

    /** A certificate and its key, as the PEM files of a mounted Secret. */
    public record Issued(X509Certificate certificate, PrivateKey key) {

        public String certificatePem() {
            try {
                return pem("CERTIFICATE", certificate.getEncoded());
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        public String keyPem() {
            return pem("PRIVATE KEY", key.getEncoded());
        }

        /** Writes {@code tls.crt} and {@code tls.key}, each at once, as the kubelet does. */
        public Issued writeTo(Path directory) {
            write(directory.resolve("tls.crt"), certificatePem());
            write(directory.resolve("tls.key"), keyPem());
            return this;
        }
    }

    private final Issued root;

    public PrivateCa(String name) {
        KeyPair keys = keys();
        this.root = new Issued(
                sign(name, keys, new X500Principal("CN=" + name), keys.getPrivate(), true, Duration.ofDays(1)),
                keys.getPrivate());
    }

    /** @param alternativeNames {@code dns:…}, {@code ip:…} or {@code uri:…} */
    public Issued issue(String commonName, String... alternativeNames) {
        return issueFor(Duration.ofDays(1), commonName, alternativeNames);
    }

    /** The same, valid for so long from now on. */
    public Issued issueFor(Duration valid, String commonName, String... alternativeNames) {
        KeyPair keys = keys();
        X500Principal issuer = root.certificate().getSubjectX500Principal();
        return new Issued(
                sign(commonName, keys, issuer, root.key(), false, valid, alternativeNames), keys.getPrivate());
    }

    public String pem() {
        return root.certificatePem();
    }

    public PrivateCa writeTo(Path file) {
        write(file, pem());
        return this;
    }

    public static void write(Path file, String text) {
        try {
            Path draft = Files.writeString(file.resolveSibling(file.getFileName() + ".draft"), text);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate sign(
            String commonName,
            KeyPair keys,
            X500Principal issuer,
            PrivateKey by,
            boolean ca,
            Duration valid,
            String... names) {
        Instant now = Instant.now();
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(64, new SecureRandom()),
                Date.from(now.minus(Duration.ofDays(1))),
                Date.from(now.plus(valid)),
                new X500Principal("CN=" + commonName),
                keys.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
            if (names.length > 0) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(
                                Stream.of(names).map(PrivateCa::generalName).toArray(GeneralName[]::new)));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by)));
        } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GeneralName generalName(String text) {
        String name = text.substring(text.indexOf(':') + 1);
        return switch (text.substring(0, text.indexOf(':'))) {
            case "dns" -> new GeneralName(GeneralName.dNSName, name);
            case "ip" -> new GeneralName(GeneralName.iPAddress, name);
            case "uri" -> new GeneralName(GeneralName.uniformResourceIdentifier, name);
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static String pem(String type, byte[] content) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n";
    }
}
