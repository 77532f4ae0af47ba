package io.nimscaler.config;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * {@code nim-scaler.grpc.tls.…} → the settings of Quarkus that it takes to have them: a bucket of its TLS registry for the main
 * server, and no plain port beside it. Written out by hand one of them is easily forgotten, and without the last one the port
 * would stay open to everybody.
 *
 * <p>The bucket has a name, since the unnamed one would turn the management port, where the kubelet probes, into HTTPS too.
 */
public final class GrpcTlsConfigSource implements ConfigSourceFactory {

    private static final String OURS = "nim-scaler.grpc.";
    private static final String BUCKET = "nim-scaler-grpc";

    /** Over the application's own properties (250), under whatever the operator sets (environment: 300). */
    private static final int ORDINAL = 275;

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        String certificate = value(context, "tls.certificate");
        String key = value(context, "tls.key");
        String clientCa = value(context, "tls.client-ca");
        require(certificate.isEmpty() == key.isEmpty(), "tls.certificate", certificate, "it together with tls.key");
        require(
                clientCa.isEmpty() || !certificate.isEmpty(),
                "tls.client-ca",
                clientCa,
                "it only with tls.certificate");
        String identities = value(context, "client-identities");
        require(
                identities.isEmpty() || !clientCa.isEmpty(),
                "client-identities",
                identities,
                "them only with tls.client-ca");
        return certificate.isEmpty()
                ? List.of()
                : List.of(new PropertiesConfigSource(
                        quarkus(certificate, key, clientCa, value(context, "tls.reload-period")),
                        "nim-scaler.grpc.tls",
                        ORDINAL));
    }

    private static Map<String, String> quarkus(String certificate, String key, String clientCa, String reloadPeriod) {
        String bucket = "quarkus.tls." + BUCKET + ".";
        Map<String, String> settings = new HashMap<>();
        settings.put(bucket + "key-store.pem.0.cert", certificate);
        settings.put(bucket + "key-store.pem.0.key", key);
        settings.put(bucket + "reload-period", reloadPeriod.isEmpty() ? "1m" : reloadPeriod);
        if (!clientCa.isEmpty()) {
            settings.put(bucket + "trust-store.pem.certs", clientCa);
        }
        settings.put("quarkus.http.tls-configuration-name", BUCKET);
        settings.put("quarkus.http.insecure-requests", "disabled");
        return settings;
    }

    private static String value(ConfigSourceContext context, String name) {
        ConfigValue value = context.getValue(OURS + name);
        return value == null || value.getValue() == null ? "" : value.getValue().strip();
    }

    private static void require(boolean holds, String name, String value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(OURS + name + " = \"" + value + "\": expected " + expected);
        }
    }
}
