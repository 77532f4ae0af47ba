package io.nimscaler.config;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * {@code nim-scaler.grpc.tls.…} → the settings of Quarkus that it takes to have them: a bucket of its TLS registry for the main
 * server, and no plain port beside it. Written out by hand one of them is easily forgotten, and without the last one the port
 * would stay open to everybody. What is in the bucket is given by {@code server.ServerTls}.
 *
 * <p>Whatever there is of them closes the plain port, also where it is half of what is needed: that is refused later, together
 * with all else that is wrong, and until then it must not be less secure.
 *
 * <p>The bucket has a name, since the unnamed one would turn the management port, where the kubelet probes, into HTTPS too.
 */
public final class GrpcTlsConfigSource implements ConfigSourceFactory {

    private static final String OURS = "nim-scaler.grpc.";
    private static final String BUCKET = "nim-scaler-grpc";
    private static final String OF_THE_PORT = "quarkus.http.tls-configuration-name";
    private static final String RELOAD_PERIOD = "1m";

    /** Over the application's own properties (250), under whatever the operator sets (environment: 300). */
    private static final int ORDINAL = 275;

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        boolean secured = Stream.of("tls.certificate", "tls.key", "tls.client-ca", "client-identities")
                .anyMatch(name -> !value(context, name).isEmpty());
        return secured
                ? List.of(new PropertiesConfigSource(
                        Map.of(
                                "quarkus.tls." + BUCKET + ".reload-period",
                                reloadPeriod(value(context, "tls.reload-period")),
                                OF_THE_PORT,
                                BUCKET,
                                "quarkus.http.insecure-requests",
                                "disabled"),
                        "nim-scaler.grpc.tls",
                        ORDINAL))
                : List.of();
    }

    /**
     * Whether the port has them. It has not where they stand in a file of {@code quarkus.config.locations}: one factory of sources
     * does not see those of another.
     */
    public static boolean isInForce(Config config) {
        return config.getOptionalValue(OF_THE_PORT, String.class)
                .filter(BUCKET::equals)
                .isPresent();
    }

    /** One that is no duration is refused later. */
    private static String reloadPeriod(String text) {
        try {
            Duration period = DurationConverter.parseDuration(text);
            return period != null && period.toMillis() > 0 ? text : RELOAD_PERIOD;
        } catch (RuntimeException unparsable) {
            return RELOAD_PERIOD;
        }
    }

    private static String value(ConfigSourceContext context, String name) {
        ConfigValue value = context.getValue(OURS + name);
        return value == null || value.getValue() == null ? "" : value.getValue().strip();
    }
}
