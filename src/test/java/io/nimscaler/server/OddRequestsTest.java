package io.nimscaler.server;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.emptyOrNullString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests as no client of ours sends them: refused, and nothing of them is kept. */
@QuarkusTest
class OddRequestsTest {

    @Inject
    Vertx vertx;

    @Inject
    ConnectionGate connections;

    private HttpClient http2;

    @BeforeEach
    void connect() {
        http2 = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
    }

    @AfterEach
    void disconnect() {
        http2.close();
    }

    private static int port(String of) {
        return ConfigProvider.getConfig().getValue(of + ".test-port", Integer.class);
    }

    private static String series() {
        return given().get("http://127.0.0.1:" + port("quarkus.management") + "/q/metrics")
                .asString()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.substring(0, line.lastIndexOf(' ')))
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    private static String exchange(int port, String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            InputStream answers = socket.getInputStream();
            return new String(answers.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"quarkus.http", "quarkus.management"})
    void methodsAndPathsThatAreMadeUpLeaveNoSeries(String server) throws IOException {
        String before = series();
        for (int i = 0; i < 200; i++) {
            exchange(
                    port(server),
                    "ODD" + i + " /odd/" + i + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        }
        assertThat(before).contains("nim_scaler_");
        assertThat(series().lines().filter(line -> line.contains("ODD") || line.contains("/odd")))
                .isEmpty();
        assertThat(series().lines().count()).isLessThan(before.lines().count() + 20);
    }

    private HttpClientResponse send(HttpMethod method, String path, String type) throws Exception {
        return http2.request(method, port("quarkus.http"), "127.0.0.1", path)
                .compose(request -> request.putHeader("content-type", type).send(Buffer.buffer(new byte[5])))
                .compose(response -> response.body().map(response))
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /api/openapi, 405",
        "POST, /api/scaled-objects, 405",
        "POST, /, 405",
        "POST, /page/main.js, 405",
        "POST, /x.y/../api/openapi, 405",
        "POST, /x.y/Method/../../api/openapi, 405",
        "POST, //api/openapi, 405",
        "GET, /externalscaler.ExternalScaler/IsActive, 415",
        "GET, /api/scaled-objects, 415",
        "PUT, /externalscaler.ExternalScaler/IsActive, 405"
    })
    void contentTypeAloneIsNoGrpc(String method, String path, int status) throws Exception {
        HttpClientResponse response = send(HttpMethod.valueOf(method), path, "application/grpc");
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.getHeader("x-frame-options")).isEqualTo("DENY");
        assertThat(response.body().result().length()).isZero();
    }

    /** Browsers do; and gRPC is HTTP/2. */
    @Test
    void callOverHttp11IsNoGrpc() {
        given().header("Content-Type", "application/grpc")
                .when()
                .post("/externalscaler.ExternalScaler/IsActive")
                .then()
                .statusCode(405)
                .header("grpc-status", emptyOrNullString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/api/scaled-objects", "/api/events", "/api/openapi", "/page/main.js", "/nothing"})
    void pageOfAnotherNameThatPointsHereReadsNothing(String path) {
        given().header("Host", "attacker.example:9090")
                .when()
                .get(path)
                .then()
                .statusCode(421)
                .body(equalTo("Host: expected an IP address or one of nim-scaler.api.hosts\n"));
    }

    @Test
    void serviceMayBeAskedForByItsName() {
        given().header("Host", "keda-nim-scaler.keda-nim-scaler.svc:9090")
                .when()
                .get("/api/scaled-objects")
                .then()
                .statusCode(200);
        given().header("Host", "localhost:9090").when().get("/").then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host: a_b.example", "Host: 127.0.0.1.attacker.example", "Host:", "Host: [::1].example"})
    void hostThatIsNoneIsNotTakenForNone(String header) throws IOException {
        assertThat(exchange(port("quarkus.http"), "GET / HTTP/1.1\r\n" + header + "\r\nConnection: close\r\n\r\n"))
                .containsAnyOf(" 421 ", " 400 ");
    }

    @Test
    void manyConnectionsOfOneAddressKeepNobodyOut() throws Exception {
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < ConnectionGate.MOST + 50; i++) {
                Socket socket = new Socket(
                        InetAddress.getByName("127.0.0.1"),
                        port("quarkus.http"),
                        InetAddress.getByName("127.0.0.2"),
                        0);
                socket.getOutputStream()
                        .write("HEAD / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().read()).isEqualTo('H');
                idle.add(socket);
            }
            assertThat(connections.size()).isLessThanOrEqualTo(ConnectionGate.MOST);
            assertThat(send(HttpMethod.GET, "/api/scaled-objects", "text/plain").statusCode())
                    .isEqualTo(200);
            // The first ones had to go, the latest are there
            assertThat(idle.getLast().getInputStream().read()).isEqualTo('T');
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(connections.size()).isLessThan(10));
    }
}
