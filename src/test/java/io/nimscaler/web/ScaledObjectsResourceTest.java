package io.nimscaler.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;

import io.nimscaler.app.NimPods;
import io.nimscaler.history.Recording;
import io.nimscaler.history.RecordingReader;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** REST on the main port, health and meters on the management port. */
@QuarkusTest
@QuarkusTestResource(NimPods.class)
class ScaledObjectsResourceTest {

    private static String management(String path) {
        return "http://127.0.0.1:" + ConfigProvider.getConfig().getValue("quarkus.management.test-port", String.class)
                + path;
    }

    @Test
    void showsPodsDemandValueReplicasAndWhy() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().when()
                        .get("/api/scaled-objects/default/llm")
                        .then()
                        .statusCode(200)
                        .body("find { it.targetValue == 0.7f }.replicasWanted", equalTo(2))
                        .body("find { it.targetValue == 0.7f }.decision", equalTo("hold"))
                        .body("find { it.targetValue == 0.7f }.value", equalTo(1.4f))
                        .body("find { it.targetValue == 0.7f }.hpaDesiredReplicas", equalTo(2))
                        .body("find { it.targetValue == 0.7f }.triggerName", equalTo("gpu_cache_usage_perc"))
                        .body("find { it.targetValue == 0.7f }.demand", equalTo(0.769f))
                        .body(
                                "find { it.targetValue == 0.7f }.explanation",
                                containsString("2 sampled with mean 0.384"))
                        .body("find { it.targetValue == 0.7f }.pods", hasSize(2))
                        .body("find { it.targetValue == 0.7f }.pods[0].state", equalTo("sampled")));
    }

    @Test
    void remembersDecisionsWithTheirPods() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().when()
                        .get("/api/scaled-objects/default/llm/decisions")
                        .then()
                        .statusCode(200)
                        .body("findAll { it.pods.size() == 2 }", not(empty()))
                        .body("findAll { it.pods.size() == 2 }.last().pods[0].state", equalTo("sampled"))
                        .body("findAll { it.pods.size() == 2 }.last().pods[0].value", equalTo(0.3845f))
                        .body(
                                "findAll { it.pods.size() == 2 }.last().pods[0].sampleAgeSeconds",
                                lessThanOrEqualTo(3f)));
    }

    @Test
    void givesOnlyLaterDecisionsAndNoPodsWhereAsked() {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            List<String> moments = moments("");
            assertThat(moments).hasSizeGreaterThan(2);
            String second = moments.get(1);
            assertThat(moments("?since=" + second).getFirst()).isEqualTo(moments.get(2));
            given().when()
                    .get("/api/scaled-objects/default/llm/decisions?pods=false")
                    .then()
                    .statusCode(200)
                    .body("findAll { it.pods.size() > 0 }", empty());
        });
    }

    private static List<String> moments(String query) {
        return given().when()
                .get("/api/scaled-objects/default/llm/decisions" + query)
                .jsonPath()
                .getList("findAll { it.triggerName == 'gpu_cache_usage_perc' }.at");
    }

    @Test
    void explainsADecisionWithAllThatWentIntoIt() {
        String path = "/api/scaled-objects/default/llm/explain";
        String mine = "find { it.decision.triggerName == 'gpu_cache_usage_perc' }.";
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().when()
                        .get(path)
                        .then()
                        .statusCode(200)
                        .body(mine + "decision.pods", hasSize(2))
                        .body(mine + "metadata.pollInterval", equalTo("2s"))
                        .body(mine + "metadata.port", equalTo("metrics"))
                        .body(mine + "arithmetic.sampled", equalTo(2))
                        .body(mine + "arithmetic.atLeast", equalTo(0.769f))
                        .body(mine + "readyPods", equalTo(2))
                        .body(mine + "answer.valueMilli", equalTo(1400))
                        .body(mine + "answer.targetValueMilli", equalTo(700)));
        List<String> moments = moments("");
        String before = moments.get(moments.size() - 2);
        given().when()
                .get(path + "?at=" + before)
                .then()
                .statusCode(200)
                .body(mine + "decision.at", equalTo(before))
                .body(mine + "asked", equalTo(before));
    }

    @Test
    void momentThatIsNotRememberedIsRefusedWithWhatIs() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().when()
                        .get("/api/scaled-objects/default/llm/explain?at=2001-01-01T00:00:00Z")
                        .then()
                        .statusCode(404)
                        .body("error", containsString("at = \"2001-01-01T00:00:00Z\": expected a moment that is"))
                        .body("error", containsString("gpu_cache_usage_perc: the decisions from 20")));
        given().when()
                .get("/api/scaled-objects/default/llm/explain?at=2999-01-01T00:00:00Z")
                .then()
                .statusCode(404);
        given().when()
                .get("/api/scaled-objects/default/llm/explain?at=now")
                .then()
                .statusCode(400)
                .body("error", equalTo("at = \"now\": expected an instant such as 2026-01-31T12:00:00Z"));
    }

    @Test
    void spanIsDownloadedAsARecordingThatCanBeRead() {
        String path = "/api/scaled-objects/default/llm/recording";
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(moments("")).hasSizeGreaterThan(3));
        List<String> moments = moments("");
        String body = given().when()
                .get(path + "?trigger=gpu_cache_usage_perc&from=" + moments.get(1) + "&to=" + moments.get(3))
                .then()
                .statusCode(200)
                .contentType("application/x-ndjson")
                .header("Content-Disposition", equalTo("attachment; filename=\"default-llm.ndjson\""))
                .extract()
                .asString();
        List<Recording> recordings = RecordingReader.read(body.lines());
        assertThat(recordings).hasSize(1);
        assertThat(recordings.getFirst().lines())
                .extracting(line -> line.snapshot().decision().basis().at().toString())
                .containsExactlyElementsOf(moments.subList(1, 4));
    }

    @Test
    void recordingOfNothingIsRefused() {
        String path = "/api/scaled-objects/default/llm/recording";
        given().when().get(path + "?to=2001-01-01T00:00:00Z").then().statusCode(404);
        given().when().get(path + "?trigger=none").then().statusCode(404);
        given().when()
                .get(path + "?from=2002-01-01T00:00:00Z&to=2001-01-01T00:00:00Z")
                .then()
                .statusCode(400)
                .body(containsString("to = "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "decisions?pods=banana",
                "decisions?pods=",
                "decisions?since=",
                "explain?at=",
                "recording?from=",
                "recording?to="
            })
    void parameterThatMeansNothingIsAnErrorAndNoDefault(String query) {
        given().when()
                .get("/api/scaled-objects/default/llm/" + query)
                .then()
                .statusCode(400)
                .body("error", containsString(query.replaceAll(".*\\?|=.*", "") + " = \""));
    }

    @Test
    void momentThatIsNoneIsRefusedWithWhatWasExpected() {
        given().when()
                .get("/api/scaled-objects/default/llm/decisions?since=yesterday")
                .then()
                .statusCode(400)
                .body("error", equalTo("since = \"yesterday\": expected an instant such as 2026-01-31T12:00:00Z"));
    }

    @Test
    void scaledObjectWithoutADecisionIsNotFound() {
        given().when().get("/api/scaled-objects/default/nothing").then().statusCode(404);
    }

    @Test
    void probesAreUp() {
        for (String probe : new String[] {"live", "ready", "started"}) {
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> given().when()
                            .get(management("/q/health/" + probe))
                            .then()
                            .statusCode(200));
        }
    }

    @Test
    void metersShowWhatWasDecidedAndHowScrapesEnded() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().when()
                        .get(management("/q/metrics"))
                        .then()
                        .statusCode(200)
                        .body(containsString("nim_scaler_target_value{namespace=\"default\",scaledobject=\"llm\""))
                        .body(containsString(
                                "nim_scaler_pods{namespace=\"default\",scaledobject=\"llm\",state=\"sampled\""))
                        .body(containsString("nim_scaler_scrape_duration_seconds_count{outcome=\"ok\"}")));
    }
}
