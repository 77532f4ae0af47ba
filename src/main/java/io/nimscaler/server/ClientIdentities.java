package io.nimscaler.server;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Which clients are accepted, by the names in their certificates. Only give it certificates that the TLS handshake has verified:
 * a name alone proves nothing.
 */
final class ClientIdentities {

    /** RFC 5280, section 4.2.1.6: GeneralName. */
    private static final int DNS_NAME = 2;

    private static final int URI = 6;

    private final Set<String> accepted;

    /**
     * @param accepted common names, DNS names or URIs, compared whole and without case; empty: every client with a certificate of the CA
     */
    ClientIdentities(Collection<String> accepted) {
        this.accepted = accepted.stream().map(ClientIdentities::canonical).collect(Collectors.toUnmodifiableSet());
    }

    boolean accepts(X509Certificate certificate) {
        return accepted.isEmpty()
                || namesOf(certificate).stream()
                        .map(ClientIdentities::canonical)
                        .anyMatch(accepted::contains);
    }

    /** The names that can be listed: of the subject its common name, of the alternative names DNS names and URIs. */
    static Set<String> namesOf(X509Certificate certificate) {
        Set<String> names = new LinkedHashSet<>();
        try {
            for (Rdn rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (rdn.getType().equalsIgnoreCase("CN") && rdn.getValue() instanceof String commonName) {
                    names.add(commonName);
                }
            }
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> alternative : alternatives) {
                    if (alternative.getFirst() instanceof Integer type
                            && (type == DNS_NAME || type == URI)
                            && alternative.get(1) instanceof String name) {
                        names.add(name);
                    }
                }
            }
        } catch (InvalidNameException | CertificateParsingException e) {
            // A name that cannot be read is not used
            return Set.of();
        }
        return names;
    }

    private static String canonical(String name) {
        return name.strip().toLowerCase(Locale.ROOT);
    }
}
