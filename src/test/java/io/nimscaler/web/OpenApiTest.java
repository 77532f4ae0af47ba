package io.nimscaler.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.hasSize;

import io.nimscaler.app.NimPods;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The description of REST describes what is served. */
@QuarkusTest
@QuarkusTestResource(NimPods.class)
class OpenApiTest {

    /** One that decides: before it may stand what calls of other tests were refused for. */
    private static final String TRIGGER = "find { it.metric }";

    private static final String LLM = "/api/scaled-objects/default/llm";

    private static JsonPath description() {
        Response response = given().when().get("/api/openapi?format=json");
        assertThat(response.statusCode()).isEqualTo(200);
        // Nobody else's page gets to see it
        assertThat(response.header("access-control-allow-origin")).isNull();
        return response.jsonPath();
    }

    private static Map<String, ?> properties(String schema) {
        return description().getMap("components.schemas." + schema + ".properties");
    }

    @Test
    void describesEveryPathWithItsParameters() {
        Map<String, Map<String, ?>> paths = description().getMap("paths");
        assertThat(paths)
                .containsOnlyKeys(
                        "/api/scaled-objects/{namespace}/{name}/advice",
                        "/api/scaled-objects/{namespace}/{name}/what-if",
                        "/api/scaled-objects",
                        "/api/scaled-objects/{namespace}/{name}",
                        "/api/scaled-objects/{namespace}/{name}/decisions",
                        "/api/scaled-objects/{namespace}/{name}/explain",
                        "/api/scaled-objects/{namespace}/{name}/history",
                        "/api/scaled-objects/{namespace}/{name}/recording",
                        "/api/scaled-objects/{namespace}/{name}/transitions",
                        "/api/status")
                .allSatisfy((name, path) -> assertThat(path)
                        .containsOnlyKeys(name.endsWith("/what-if") || name.endsWith("/advice") ? "post" : "get"));
        assertThat(description()
                        .getList("paths.'/api/scaled-objects/{namespace}/{name}/recording'.get.parameters.name"))
                .containsExactlyInAnyOrder("namespace", "name", "from", "to", "trigger");
        assertThat(description().getMap("paths.'/api/scaled-objects/{namespace}/{name}/explain'.get.responses"))
                .containsOnlyKeys("200", "400", "404", "503");
        for (String question : List.of("advice", "what-if")) {
            String body = "paths.'/api/scaled-objects/{namespace}/{name}/" + question + "'.post.requestBody";
            assertThat(description().getString(body + ".description")).contains("16 kB");
            assertThat(description().getMap(body + ".content.'application/json'.examples"))
                    .hasSize(1);
        }
        assertThat(properties("WhatIfRequest")).containsOnlyKeys("trigger", "from", "to", "settings");
    }

    @Test
    void describesTheFieldsThatAreServed() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().when().get(LLM).then().body(TRIGGER + ".pods", hasSize(2)));
        JsonPath latest = given().when().get(LLM).jsonPath();
        assertThat(latest.getMap(TRIGGER).keySet())
                .isEqualTo(properties("ScaledObjectView").keySet());
        assertThat(latest.getMap(TRIGGER + ".pods[0]").keySet())
                .isEqualTo(properties("PodView").keySet());
        JsonPath explained = given().when().get(LLM + "/explain").jsonPath();
        assertThat(explained.getMap("[0]").keySet())
                .isEqualTo(properties("ExplanationView").keySet());
        assertThat(explained.getMap("[0].arithmetic").keySet())
                .isEqualTo(properties("ArithmeticView").keySet());
        assertThat(explained.getMap("[0].answer").keySet())
                .isEqualTo(properties("AnswerView").keySet());
        JsonPath status = given().when().get("/api/status").jsonPath();
        assertThat(status.getMap("$").keySet())
                .isEqualTo(properties("StatusView").keySet());
        assertThat(status.getMap("apiServer").keySet())
                .isEqualTo(properties("ApiServerView").keySet());
        JsonPath refused = given().when().get(LLM + "/explain?at=x").jsonPath();
        assertThat(refused.getMap("$").keySet()).isEqualTo(properties("Refusal").keySet());
    }
}
