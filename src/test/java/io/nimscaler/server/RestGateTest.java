package io.nimscaler.server;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** REST is only read, and by nobody else's page. */
@QuarkusTest
class RestGateTest {

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
    void onlyReadingIsAllowed(String method) {
        given().request(method, "/api/scaled-objects").then().statusCode(405).header("allow", equalTo("GET, HEAD"));
        given().request(method, "/").then().statusCode(405);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/scaled-objects",
                "/api/scaled-objects/no/such",
                "/api/openapi",
                "/",
                "/page/main.js",
                "/webjars/uplot/dist/uPlot.esm.js",
                "/nothing"
            })
    void everyAnswerTellsTheBrowserToBeCareful(String path) {
        given().when()
                .get(path)
                .then()
                .header("x-content-type-options", equalTo("nosniff"))
                .header("x-frame-options", equalTo("DENY"))
                .header("cache-control", equalTo("no-store"))
                .header("referrer-policy", equalTo("no-referrer"))
                .header("cross-origin-resource-policy", equalTo("same-origin"))
                .header(
                        "content-security-policy",
                        equalTo("default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"));
    }

    @Test
    void otherOriginsAreNotLetIn() {
        given().header("Origin", "https://evil.example")
                .when()
                .get("/api/scaled-objects")
                .then()
                .statusCode(200)
                .header("access-control-allow-origin", nullValue());
        given().header("Origin", "https://evil.example")
                .header("Access-Control-Request-Method", "GET")
                .when()
                .options("/api/scaled-objects")
                .then()
                .statusCode(405)
                .header("access-control-allow-origin", nullValue());
    }
}
