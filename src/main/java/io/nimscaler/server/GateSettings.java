package io.nimscaler.server;

import java.util.List;
import java.util.Optional;

/**
 * Which clients may do what on port 9090.
 *
 * @param tls empty: without TLS
 * @param clientIdentities accepted names in clients' certificates; empty: every client with a certificate of the CA
 * @param restEnabled whether there is anything but gRPC
 * @param hosts names by which REST and the page may be asked for, beside IP addresses
 * @param users who may read REST and the page; empty: everybody
 */
public record GateSettings(
        Optional<TlsFiles> tls,
        List<String> clientIdentities,
        boolean restEnabled,
        List<String> hosts,
        Optional<BasicUsers> users) {

    public GateSettings {
        hosts = List.copyOf(hosts);
        clientIdentities = List.copyOf(clientIdentities);
    }

    boolean clientCertificateNeeded() {
        return tls.flatMap(TlsFiles::clientCa).isPresent();
    }
}
