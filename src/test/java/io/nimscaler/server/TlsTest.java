package io.nimscaler.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.matchesPattern;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.nimscaler.PrivateCa;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A certificate and a key in the settings, nothing else: port 9090 speaks TLS, to whoever trusts the CA. */
@QuarkusTest
@QuarkusTestResource(value = TlsServer.class, restrictToAnnotatedClass = true)
class TlsTest {

    @Inject
    TlsConfigurationRegistry registry;

    @AfterEach
    void certificateOfTheKnownCa() {
        TlsServer.rotate(TlsServer.SERVER_CA);
    }

    private static String call(ChannelCredentials credentials) throws InterruptedException {
        ManagedChannel channel = TlsServer.connect(credentials);
        try {
            return TlsServer.metricName(channel);
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void clientThatTrustsTheCaIsAnswered() throws Exception {
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(call(TlsServer.trusting(TlsServer.SERVER_CA)))
                        .isEqualTo("gpu_cache_usage_perc"));
    }

    @Test
    void clientThatTrustsAnotherCaHangsUp() {
        assertThatThrownBy(() -> call(TlsServer.trusting(new PrivateCa("another"))))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    }

    @Test
    void nobodySpeaksInTheClear() {
        assertThatThrownBy(() -> call(InsecureChannelCredentials.create()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    }

    @Test
    void newCertificateIsUsedWithoutARestart() {
        PrivateCa next = new PrivateCa("next-ca");
        TlsServer.rotate(next);
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(call(TlsServer.trusting(next))).isEqualTo("gpu_cache_usage_perc"));
    }

    static Stream<Arguments> spoiled() {
        PrivateCa.Issued another = TlsServer.SERVER_CA.issue(TlsServer.SERVICE, "dns:" + TlsServer.SERVICE);
        return Stream.of(
                Arguments.of("tls.crt", "garbage"),
                Arguments.of("tls.crt", ""),
                Arguments.of("tls.key", "garbage"),
                Arguments.of("tls.crt", another.certificatePem()),
                Arguments.of("tls.key", another.keyPem()));
    }

    @ParameterizedTest
    @MethodSource("spoiled")
    void filesThatAreSpoiledLeaveTheFormerCertificateInForce(String file, String content) {
        // Given
        registry.get("nim-scaler-grpc").orElseThrow().reload();

        // When
        TlsServer.spoil(file, content);
        assertThat(registry.get("nim-scaler-grpc").orElseThrow().reload()).isFalse();

        // Then
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(call(TlsServer.trusting(TlsServer.SERVER_CA)))
                        .isEqualTo("gpu_cache_usage_perc"));
    }

    @Test
    void expiryIsAMetric() {
        int management = ConfigProvider.getConfig().getValue("quarkus.management.test-port", Integer.class);
        RestAssured.get("http://127.0.0.1:" + management + "/q/metrics")
                .then()
                .statusCode(200)
                .body(matchesPattern("(?s).*\nnim_scaler_tls_certificate_expiry_timestamp_seconds"
                        + "\\{setting=\"nim-scaler.grpc.tls.certificate\",?\\} 1\\.[0-9]+E9\n.*"));
    }

    @Test
    void kubeletStillProbesInTheClear() {
        int management = ConfigProvider.getConfig().getValue("quarkus.management.test-port", Integer.class);
        RestAssured.get("http://127.0.0.1:" + management + "/q/health/live")
                .then()
                .statusCode(200);
    }
}
