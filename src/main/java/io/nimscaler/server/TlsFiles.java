package io.nimscaler.server;

import io.nimscaler.files.NamedFile;
import java.util.Optional;

/**
 * What port 9090 speaks TLS with.
 *
 * @param certificate the server's, with its chain, PEM
 * @param key its private key, PEM
 * @param clientCa the CA of clients, PEM; empty: clients need no certificate
 */
public record TlsFiles(NamedFile certificate, NamedFile key, Optional<NamedFile> clientCa) {}
