package io.nimscaler.server;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.emptyOrNullString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With a file of users REST is read by them alone, and KEDA calls as before. */
@QuarkusTest
@TestProfile(RestWithUsersTest.Users.class)
class RestWithUsersTest {

    public static final class Users implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            try {
                Path file = Files.createTempFile("users", ".txt");
                file.toFile().deleteOnExit();
                Files.writeString(file, "ada:count:less\nbob:secret\n");
                return Map.of("nim-scaler.api.users-file", file.toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/scaled-objects",
                "/api/openapi",
                "/api%2Fscaled-objects",
                "/api/scaled-objects%3Bx=1",
                "/api/scaled-objects;x=1",
                "//api/scaled-objects",
                "/",
                "/page/index.html",
                "/nothing"
            })
    void nobodyElseLearnsAnything(String path) {
        given().urlEncodingEnabled(false)
                .when()
                .get(path)
                .then()
                .statusCode(401)
                .header("www-authenticate", startsWith("Basic realm="))
                .header("cache-control", equalTo("no-store"))
                .body(emptyOrNullString());
        given().urlEncodingEnabled(false)
                .auth()
                .preemptive()
                .basic("ada", "secret")
                .when()
                .get(path)
                .then()
                .statusCode(401);
    }

    @Test
    void userReads() {
        given().auth()
                .preemptive()
                .basic("ada", "count:less")
                .when()
                .get("/api/scaled-objects")
                .then()
                .statusCode(200);
    }

    @Test
    void userReadsOnly() {
        given().auth()
                .preemptive()
                .basic("bob", "secret")
                .when()
                .post("/api/scaled-objects")
                .then()
                .statusCode(405);
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
