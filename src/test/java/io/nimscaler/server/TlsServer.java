package io.nimscaler.server;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.nimscaler.PrivateCa;
import io.nimscaler.grpc.proto.ExternalScalerGrpc;
import io.nimscaler.grpc.proto.ScaledObjectRef;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.ConfigProvider;

/** Files as a mounted Secret has them, the settings that name them, and clients that call as KEDA does. */
public final class TlsServer implements QuarkusTestResourceLifecycleManager {

    static final String SERVICE = "keda-nim-scaler.keda-nim-scaler";
    static final PrivateCa SERVER_CA = new PrivateCa("server-ca");
    static final PrivateCa CLIENT_CA = new PrivateCa("client-ca");

    private static final Path DIRECTORY = newDirectory();

    private boolean mutual;

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory("nim-scaler-tls");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The server gets a new certificate, which takes effect when the files are read again. */
    static PrivateCa.Issued rotate(PrivateCa ca) {
        return ca.issue(SERVICE, "dns:" + SERVICE).writeTo(DIRECTORY);
    }

    /** What a Secret that someone edits by hand may hold for a while. */
    static void spoil(String file, String content) {
        PrivateCa.write(DIRECTORY.resolve(file), content);
    }

    @Override
    public void init(Map<String, String> arguments) {
        mutual = arguments.containsKey("mutual");
    }

    @Override
    public Map<String, String> start() {
        rotate(SERVER_CA);
        CLIENT_CA.writeTo(DIRECTORY.resolve("client-ca.crt"));
        Map<String, String> settings = new HashMap<>(Map.of(
                "nim-scaler.kubernetes.enabled",
                "false",
                "nim-scaler.grpc.tls.certificate",
                DIRECTORY.resolve("tls.crt").toString(),
                "nim-scaler.grpc.tls.key",
                DIRECTORY.resolve("tls.key").toString(),
                "nim-scaler.grpc.tls.reload-period",
                "1s"));
        if (mutual) {
            settings.put(
                    "nim-scaler.grpc.tls.client-ca",
                    DIRECTORY.resolve("client-ca.crt").toString());
            settings.put(
                    "nim-scaler.grpc.client-identities", "keda-operator,spiffe://cluster.local/ns/keda/sa/metrics");
        }
        return settings;
    }

    @Override
    public void stop() {}

    static int port() {
        return ConfigProvider.getConfig().getValue("quarkus.http.test-ssl-port", Integer.class);
    }

    static ManagedChannel connect(ChannelCredentials credentials) {
        return connect(port(), credentials);
    }

    static ManagedChannel connect(int port, ChannelCredentials credentials) {
        return Grpc.newChannelBuilder("127.0.0.1:" + port, credentials)
                .overrideAuthority(SERVICE)
                .build();
    }

    /** KEDA's caCert alone. */
    static ChannelCredentials trusting(PrivateCa ca) throws IOException {
        return TlsChannelCredentials.newBuilder().trustManager(stream(ca.pem())).build();
    }

    /** KEDA's caCert, tlsClientCert and tlsClientKey. */
    static ChannelCredentials trusting(PrivateCa ca, PrivateCa.Issued client) throws IOException {
        return TlsChannelCredentials.newBuilder()
                .trustManager(stream(ca.pem()))
                .keyManager(stream(client.certificatePem()), stream(client.keyPem()))
                .build();
    }

    static String metricName(ManagedChannel channel) {
        return stub(channel).getMetricSpec(REF).getMetricSpecs(0).getMetricName();
    }

    static ExternalScalerGrpc.ExternalScalerBlockingStub stub(ManagedChannel channel) {
        return ExternalScalerGrpc.newBlockingStub(channel).withDeadlineAfter(10, TimeUnit.SECONDS);
    }

    static final ScaledObjectRef REF = ScaledObjectRef.newBuilder()
            .setNamespace("nim")
            .setName("llm")
            .putScalerMetadata("targetValue", "0.70")
            .putScalerMetadata("enableTLS", "true")
            .build();

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }
}
