package io.nimscaler.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        assertThat(config.getOptionalValue("quarkus.tls.nim-scaler-grpc.trust-store.pem.certs", String.class))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "tls.certificate=a.crt, tls.certificate = \"a.crt\": expected it together with tls.key",
        "tls.key=a.key, tls.certificate = \"\": expected it together with tls.key",
        "tls.client-ca=ca.crt, tls.client-ca = \"ca.crt\": expected it only with tls.certificate",
        "tls.certificate=a tls.key=b client-identities=keda, client-identities = \"keda\": expected them only with tls.client-ca",
        "client-identities=keda, client-identities = \"keda\": expected them only with tls.client-ca",
    })
    void halfASettingIsRefusedRatherThanLessSecure(String settings, String text) {
        Map<String, String> given = new HashMap<>();
        for (String setting : settings.split(" ")) {
            given.put("nim-scaler.grpc." + setting.split("=")[0], setting.split("=")[1]);
        }
        assertThatThrownBy(() -> config(given)).hasStackTraceContaining("nim-scaler.grpc." + text);
    }
}
