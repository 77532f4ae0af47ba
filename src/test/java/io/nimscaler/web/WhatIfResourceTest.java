package io.nimscaler.web;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.nimscaler.app.NimPods;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What would have been, over REST: a question with a body that changes nothing. */
@QuarkusTest
@QuarkusTestResource(NimPods.class)
class WhatIfResourceTest {

    private static final String LLM = "/api/scaled-objects/default/llm";

    @BeforeEach
    void somethingIsRemembered() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().when()
                        .get(LLM + "/decisions")
                        .then()
                        .statusCode(200)
                        .body("findAll { it.demand != null }.size()", greaterThan(3)));
    }

    private static ValidatableResponse ask(String path, String body) {
        return given().contentType("application/json")
                .body(body)
                .when()
                .post(path)
                .then();
    }

    @Test
    void saysWhatOtherSettingsWouldHaveMade() {
        ask(LLM + "/what-if", "{\"settings\": {\"targetValue\": \"0.2\", \"pricePerReplicaHour\": \"2\"}}")
                .statusCode(200)
                .body("triggerName", equalTo("gpu_cache_usage_perc"))
                .body("openLoop.decisions", greaterThan(3))
                .body("openLoop.differing", greaterThan(0))
                .body("closedLoop.was.replicaHours", greaterThan(0f))
                .body("closedLoop.other.costAMonth", greaterThan(0f))
                .body("closedLoop.other.spread", nullValue())
                .body("closedLoop.perfect.overloadedTime", equalTo(0f))
                .body("leftOut", hasItem(containsString("no latency")))
                .body("scaledObjectLines", equalTo("triggers:\n  - metadata:\n      targetValue: \"0.2\"\n"))
                .body("shadowLines", equalTo("triggers:\n  - metadata:\n      shadow.targetValue: \"0.2\"\n"))
                .body("noClosedLoop", nullValue());
    }

    @Test
    void advisesNothingOnHalfAMinute() {
        ask(LLM + "/advice", "{}")
                .statusCode(200)
                .body("advised", nullValue())
                .body("reasons", hasItem(containsString("too little history")))
                .body("tried.size()", greaterThan(10))
                .body("present.outcome.replicaHours", notNullValue());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"settings": {"targetValue": "70"}}        | targetValue = "70": expected at most 1
            {"settings": {"tragetValue": "0.7"}}       | tragetValue: expected a known key; did you mean targetValue?
            {"settings": {"targetValue": null}}        | targetValue = "null": expected a value
            {"setings": {"targetValue": "0.7"}}        | setings: expected a known key; did you mean settings?
            {"from": "yesterday"}                      | from = "yesterday": expected an instant
            {"from": "2020-01-01T00:00:00Z"}           | expected at most 31 days
            """)
    void whatIsWrongIsSaid(String body, String error) {
        ask(LLM + "/what-if", body).statusCode(400).body("error", containsString(error));
    }

    @Test
    void whatIsWrongIsSaidKeyByKey() {
        ask(LLM + "/what-if", "{\"settings\": {\"targetValue\": \"70\", \"minReplicaCount\": \"few\"}}")
                .statusCode(400)
                .body("wrong.key", containsInAnyOrder("targetValue", "minReplicaCount"))
                .body(
                        "wrong.find { it.key == 'minReplicaCount' }.text",
                        startsWith("minReplicaCount = \"few\": expected"));
        ask(LLM + "/advice", "{\"trigger\": \"another\"}").statusCode(404).body("wrong", empty());
    }

    @Test
    void whatIsNotThereIsNotFound() {
        ask("/api/scaled-objects/default/nobody/what-if", "{}").statusCode(404);
        ask(LLM + "/advice", "{\"trigger\": \"another\"}")
                .statusCode(404)
                .body("error", containsString("gpu_cache_usage_perc"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "7", "\"x\"", "", "null"})
    void bodyThatIsNoQuestionIsRefused(String body) {
        ask(LLM + "/what-if", body).statusCode(400);
    }

    @Test
    void onlyJsonOfABoundedLengthGetsIn() {
        given().contentType("text/plain")
                .body("{}")
                .when()
                .post(LLM + "/what-if")
                .then()
                .statusCode(415);
        given().when().post(LLM + "/what-if").then().statusCode(415);
        ask(LLM + "/what-if", "{\"trigger\": \"" + "x".repeat(17_000) + "\"}").statusCode(413);
        given().when().options(LLM + "/what-if").then().statusCode(405);
        ask(LLM + "/decisions", "{}").statusCode(405);
    }
}
