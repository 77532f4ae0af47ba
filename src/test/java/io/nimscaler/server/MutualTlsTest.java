package io.nimscaler.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.nimscaler.PrivateCa;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.config.RestAssuredConfig;
import io.restassured.config.SSLConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With a CA of clients in the settings, and names: only those are answered, by gRPC and REST. */
@QuarkusTest
@QuarkusTestResource(
        value = TlsServer.class,
        restrictToAnnotatedClass = true,
        initArgs = @ResourceArg(name = "mutual", value = "true"))
class MutualTlsTest {

    private static final PrivateCa CLIENT_CA = TlsServer.CLIENT_CA;

    private static Status refusal(ChannelCredentials credentials, String call) {
        ManagedChannel channel = TlsServer.connect(credentials);
        Status[] status = new Status[1];
        try {
            assertThatThrownBy(() -> {
                        switch (call) {
                            case "unary" -> TlsServer.metricName(channel);
                            default ->
                                TlsServer.stub(channel)
                                        .streamIsActive(TlsServer.REF)
                                        .next();
                        }
                    })
                    .isInstanceOfSatisfying(StatusRuntimeException.class, e -> status[0] = e.getStatus());
        } finally {
            channel.shutdownNow();
        }
        return status[0];
    }

    @ParameterizedTest
    @CsvSource({
        "keda-operator, dns:whatever",
        "whoever, uri:spiffe://cluster.local/ns/keda/sa/metrics",
        "whoever, dns:keda-operator"
    })
    void acceptedIdentityIsAnswered(String commonName, String alternativeName) throws Exception {
        ManagedChannel channel = TlsServer.connect(
                TlsServer.trusting(TlsServer.SERVER_CA, CLIENT_CA.issue(commonName, alternativeName)));
        try {
            assertThat(TlsServer.metricName(channel)).isEqualTo("gpu_cache_usage_perc");
        } finally {
            channel.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"unary", "stream"})
    void otherIdentityOfTheSameCaIsUnauthenticated(String call) throws Exception {
        Status status = refusal(TlsServer.trusting(TlsServer.SERVER_CA, CLIENT_CA.issue("tenant", "dns:tenant")), call);
        assertThat(status.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(status.getDescription()).isEqualTo("the identity of the client certificate is not accepted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"unary", "stream"})
    void clientWithoutACertificateIsUnauthenticated(String call) throws Exception {
        Status status = refusal(TlsServer.trusting(TlsServer.SERVER_CA), call);
        assertThat(status.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(status.getDescription()).isEqualTo("a client certificate is required, none was shown");
    }

    @Test
    void acceptedNameFromAnotherCaFailsTheHandshake() throws Exception {
        PrivateCa forger = new PrivateCa("client-ca");
        Status status = refusal(TlsServer.trusting(TlsServer.SERVER_CA, forger.issue("keda-operator")), "unary");
        assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/scaled-objects",
                "/api/events",
                "/",
                "/page/main.js",
                "/externalscaler.ExternalScaler/IsActive"
            })
    void restAndWhateverElseNeedTheCertificateToo(String path) {
        RestAssured.given()
                .config(RestAssuredConfig.config()
                        .sslConfig(SSLConfig.sslConfig().relaxedHTTPSValidation()))
                .get("https://127.0.0.1:" + TlsServer.port() + path)
                .then()
                .statusCode(401);
    }
}
