package io.nimscaler.server;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.emptyOrNullString;
import static org.hamcrest.Matchers.not;

import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Without REST the port serves gRPC and nothing else. */
@QuarkusTest
@TestProfile(RestSwitchedOffTest.Off.class)
class RestSwitchedOffTest {

    public static final class Off implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("nim-scaler.api.enabled", "false");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/scaled-objects",
                "/api/scaled-objects/default/llm",
                "/api/events",
                "/api/events/default/llm",
                "/api/openapi",
                "/",
                "/index.html",
                "/page/main.js",
                "/webjars/uplot/dist/uPlot.esm.js",
                "//api/scaled-objects"
            })
    void nothingIsThere(String path) {
        given().urlEncodingEnabled(false)
                .when()
                .get(path)
                .then()
                .statusCode(404)
                .body(emptyOrNullString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT"})
    void requestThatPretendsToBeGrpcGetsNothingOfIt(String method) {
        given().header("Content-Type", "application/grpc")
                .when()
                .request(method, "/api/scaled-objects")
                .then()
                .statusCode(not(200))
                .body(emptyOrNullString());
    }

    @Test
    void grpcIsAnswered() {
        int port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
        ManagedChannel channel = TlsServer.connect(port, InsecureChannelCredentials.create());
        try {
            assertThat(TlsServer.metricName(channel)).isEqualTo("gpu_cache_usage_perc");
        } finally {
            channel.shutdownNow();
        }
    }
}
