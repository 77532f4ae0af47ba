package io.nimscaler.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcTlsConfigSourceTest {

    private static SmallRyeConfig config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .withSources(new GrpcTlsConfigSource())
                .withSources(new PropertiesConfigSource(settings, "settings", 300))
                .build();
    }

    @Test
    void withoutACertificateNothingIsSet() {
        assertThat(config(Map.of()).getOptionalValue("quarkus.http.tls-configuration-name", String.class))
                .isEmpty();
    }

    @Test
    void certificateClosesThePlainPort() {
        SmallRyeConfig config =
                config(Map.of("nim-scaler.grpc.tls.certificate", "a.crt", "nim-scaler.grpc.tls.key", "a.key"));
        assertThat(config.getValue("quarkus.http.insecure-requests", String.class))
                .isEqualTo("disabled");
        assertThat(config.getValue("quarkus.tls.nim-scaler-grpc.reload-period", String.class))
                .isEqualTo("1m");
    }

    /** As those of a file of {@code quarkus.config.locations}. */
    @Test
    void certificateFromAnotherFactoryIsNotInForce() {
        SmallRyeConfig seen = config(Map.of("nim-scaler.grpc.tls.certificate", "a.crt"));
        assertThat(GrpcTlsConfigSource.isInForce(seen)).isTrue();
        SmallRyeConfig unseen = new SmallRyeConfigBuilder()
                .withSources(new GrpcTlsConfigSource())
                .withSources((ConfigSourceFactory) _ -> List.of(new PropertiesConfigSource(
                        Map.of("nim-scaler.grpc.tls.certificate", "a.crt"), "elsewhere", 300)))
                .build();
        assertThat(GrpcTlsConfigSource.isInForce(unseen)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls.certificate", "tls.key", "tls.client-ca", "client-identities"})
    void halfOfWhatIsNeededClosesThePlainPort(String setting) {
        assertThat(config(Map.of("nim-scaler.grpc." + setting, "x"))
                        .getValue("quarkus.http.insecure-requests", String.class))
                .isEqualTo("disabled");
    }

    @ParameterizedTest
    @CsvSource({"5s, 5s", "2m, 2m", "PT3S, PT3S", "often, 1m", "0s, 1m", "'', 1m"})
    void periodThatIsNoneIsLeftForTheReaderOfSettings(String period, String expected) {
        assertThat(config(Map.of("nim-scaler.grpc.tls.key", "x", "nim-scaler.grpc.tls.reload-period", period))
                        .getValue("quarkus.tls.nim-scaler-grpc.reload-period", String.class))
                .isEqualTo(expected);
    }
}
