package io.nimscaler.app;

import io.nimscaler.config.GrpcTlsConfigSource;
import io.nimscaler.config.ScalerSettings;
import io.nimscaler.files.Expiries;
import io.nimscaler.server.GateSettings;
import io.nimscaler.settings.Settings;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/**
 * The settings, read once. The first user of any part makes it read all of them. That is Quarkus's TLS registry, which asks for
 * the server's certificate before a port is open.
 */
@Singleton
class StartSettings {

    private static final Logger LOG = Logger.getLogger(StartSettings.class);

    private static final String TLS_UNSEEN =
            "cannot start, 1 setting is wrong:\nnim-scaler.grpc.tls.certificate: expected in the"
                    + " environment, as a system property or in config/application.properties, got it from elsewhere"
                    + " (quarkus.config.locations, for instance): the port would be open without TLS";

    /**
     * @throws ConfigurationException with all that is wrong; Quarkus then ends the process with exit code 1 and shows that text
     *     alone, provided that it has no cause
     */
    @Produces
    @Singleton
    Settings settings(ScalerSettings written, Config config) {
        Settings.unknown(config.getPropertyNames(), System.getenv().keySet())
                .forEach(violation -> LOG.warnf("an unknown setting is ignored: %s", violation.text()));
        return switch (Settings.read(written)) {
            case Settings.Read.Usable(Settings settings)
            when settings.gate().tls().isPresent() && !GrpcTlsConfigSource.isInForce(config) ->
                throw new ConfigurationException(TLS_UNSEEN);
            case Settings.Read.Usable(Settings settings) -> {
                LOG.infof("settings (nim-scaler.): %s", settings.text());
                yield settings;
            }
            case Settings.Read.Unusable unusable -> throw new ConfigurationException(unusable.text());
        };
    }

    @Produces
    @Singleton
    GateSettings gate(Settings settings) {
        return settings.gate();
    }

    @Produces
    @Singleton
    Expiries expiries(Settings settings) {
        return settings.expiries();
    }
}
