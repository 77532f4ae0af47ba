package io.nimscaler.files;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

/** Checks certificates before they are used. */
public final class Certificates {

    private static final byte[] PROBE = "keda-nim-scaler".getBytes(StandardCharsets.US_ASCII);

    /** Between them there may be anything, a key for one. */
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN (X509 )?CERTIFICATE-----[^-]*-----END (X509 )?CERTIFICATE-----");

    private Certificates() {}

    /**
     * The certificates of a PEM file, one or more.
     *
     * @throws UnusableFileException where there is none or one is broken
     */
    public static List<X509Certificate> read(NamedFile file, byte[] pem) throws UnusableFileException {
        List<X509Certificate> certificates = new ArrayList<>();
        Matcher block = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            while (block.find()) {
                byte[] one = block.group().getBytes(StandardCharsets.ISO_8859_1);
                if (factory.generateCertificate(new ByteArrayInputStream(one)) instanceof X509Certificate certificate) {
                    certificates.add(certificate);
                }
            }
        } catch (CertificateException e) {
            throw file.unusable("certificates in PEM");
        }
        if (certificates.isEmpty()) {
            throw file.unusable("certificates in PEM");
        }
        return certificates;
    }

    /** A store of trusted certificates. */
    public static KeyStore trustStore(List<X509Certificate> certificates) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int i = 0; i < certificates.size(); i++) {
                store.setCertificateEntry("ca-" + i, certificates.get(i));
            }
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every Java has PKCS12", e);
        }
    }

    /** When the first of them ends to be valid. */
    public static Optional<Instant> firstExpiry(List<X509Certificate> certificates) {
        return certificates.stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .min(Instant::compareTo);
    }

    /**
     * Whether each key is the one that its certificate is for: what is signed with the key is verified with the certificate.
     * A TLS library takes any two, and then no handshake succeeds. A kind of key that cannot be tried passes.
     *
     * @param aliases where the keys' names are from
     */
    public static boolean fitTheirKeys(KeyStore aliases, KeyManager[] managers) {
        try {
            for (KeyManager manager : managers) {
                for (String alias : Collections.list(aliases.aliases())) {
                    if (manager instanceof X509KeyManager keys && !fits(keys, alias)) {
                        return false;
                    }
                }
            }
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean fits(X509KeyManager keys, String alias) throws GeneralSecurityException {
        PrivateKey key = keys.getPrivateKey(alias);
        X509Certificate[] chain = keys.getCertificateChain(alias);
        if (key == null || chain == null || chain.length == 0) {
            return false;
        }
        PublicKey certified = chain[0].getPublicKey();
        Optional<String> algorithm = signatureAlgorithm(key);
        if (algorithm.isEmpty()) {
            return true;
        }
        if (signatureAlgorithm(certified).equals(algorithm)) {
            Signature signature = Signature.getInstance(algorithm.get());
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(PROBE);
            return signature.verify(signed);
        }
        return false;
    }

    private static Optional<String> signatureAlgorithm(Key key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> Optional.of("SHA256withRSA");
            case "EC" -> Optional.of("SHA256withECDSA");
            case "EdDSA", "Ed25519", "Ed448" -> Optional.of("EdDSA");
            default -> Optional.empty();
        };
    }
}
