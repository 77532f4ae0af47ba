package io.nimscaler.page;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.nimscaler.kubernetes.ApiServerToWatch;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

/** What is wrong with a ScaledObject or with the API server stands on the page, in REST and in the metrics. */
@QuarkusTest
@TestProfile(NothingHidesTest.Cluster.class)
class NothingHidesTest {

    public static final class Cluster implements QuarkusTestProfile {

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(ApiServerToWatch.class));
        }

        @Override
        public boolean disableGlobalTestResources() {
            return true;
        }
    }

    private static final String ALL = "/api/scaled-objects";
    private static final String ONE = ALL + "/ns/llm";

    private static String setting(String name) {
        return ConfigProvider.getConfig().getValue(name, String.class);
    }

    private static void tell(String order) {
        given().when()
                .get(setting(ApiServerToWatch.CONTROL) + "/" + order)
                .then()
                .statusCode(204);
    }

    private static String page(String fragment) {
        return "http://127.0.0.1:" + setting("quarkus.http.test-port") + "/" + fragment;
    }

    private static String metrics() {
        return given().when()
                .get("http://127.0.0.1:" + setting("quarkus.management.test-port") + "/q/metrics")
                .asString();
    }

    @Test
    void nothingHides() {
        try (Browser browser = Browser.open()) {
            browser.as(1280, 700, false);
            apiServerThatWasNeverReached(browser);
            tell("back");
            refusedTrigger(browser);
            tell("questionable");
            warning(browser);
            tell("away");
            apiServerThatIsAway(browser);
            tell("back");
            browser.until(() -> assertThat(browser.text("#api-server")).isEqualTo("API server: connected"));
            tell("deleted");
            deleted(browser);
        }
    }

    private static void apiServerThatWasNeverReached(Browser browser) {
        browser.go(page(""));
        browser.until(() -> {
            assertThat(browser.text("#api-server")).isEqualTo("API server: not reached");
            assertThat(browser.text("#cluster"))
                    .startsWith("It is not known which ScaledObjects there are. The API server was not reached since ")
                    .containsIgnoringCase("connection");
            assertThat(browser.text(".summary")).isEqualTo("Scale targets are not known.");
            given().when()
                    .get("/api/status")
                    .then()
                    .statusCode(200)
                    .body("apiServer.state", equalTo("never_reached"))
                    .body("apiServer.since", startsWith("20"));
            for (String path : List.of(ALL, ONE, ONE + "/explain", ONE + "/decisions", ONE + "/recording")) {
                given().when()
                        .get(path)
                        .then()
                        .statusCode(503)
                        .body("error", startsWith("it is not known which ScaledObjects there are: "));
            }
            for (String question : List.of(ONE + "/what-if", ONE + "/advice")) {
                given().contentType("application/json")
                        .body("{}")
                        .when()
                        .post(question)
                        .then()
                        .statusCode(503)
                        .body("error", startsWith("it is not known which ScaledObjects there are: "));
            }
            assertThat(metrics()).contains("nim_scaler_api_server_watching 0.0");
        });
        browser.screenshot("never-reached");
    }

    private static void refusedTrigger(Browser browser) {
        browser.until(() -> {
            assertThat(browser.text("#contact")).isEqualTo("Live");
            assertThat(browser.all("#cluster:not([hidden])")).isEmpty();
            assertThat(browser.text(".summary")).isEqualTo("1 scale target, 1 refused");
            assertThat(browser.text(".card[data-state=refused]"))
                    .contains(
                            "ns/llm",
                            "Refused",
                            "triggers[0]",
                            "KEDA gets no value",
                            "targetVaule",
                            "did you mean targetValue?")
                    .doesNotContain("load ");
            given().when()
                    .get(ALL)
                    .then()
                    .body("", hasSize(1))
                    .body("[0].decision", equalTo("refused"))
                    .body("[0].triggerName", equalTo("triggers[0]"))
                    .body("[0].explanation", containsString("did you mean targetValue?"))
                    .body("[0].targetValue", nullValue());
            given().when().get(ONE).then().statusCode(200).body("[0].decision", equalTo("refused"));
            given().when()
                    .get(ONE + "/explain")
                    .then()
                    .statusCode(404)
                    .body("error", containsString("triggers[0] is refused: "));
            assertThat(metrics())
                    .contains(
                            "nim_scaler_trigger_refused{namespace=\"ns\",scaledobject=\"llm\"} 1.0",
                            "nim_scaler_api_server_watching 1.0");
        });
        browser.screenshot("refused");
        browser.one(".card a").click();
        browser.until(() -> {
            assertThat(browser.text(".title-row .badge")).contains("Refused");
            assertThat(browser.text(".problem")).startsWith("There is no decision: the trigger is refused");
            assertThat(browser.text(".warnings")).contains("triggers[0] is refused", "did you mean targetValue?");
        });
        browser.screenshot("refused-detail");
    }

    private static void warning(Browser browser) {
        browser.go(page("#/ns/llm"));
        browser.until(() -> {
            assertThat(browser.text(".warnings"))
                    .startsWith("TriggerQuestionable")
                    .contains("0.95");
            given().when()
                    .get(ONE)
                    .then()
                    .body("[0].warnings[0].reason", equalTo("TriggerQuestionable"))
                    .body("[0].warnings[0].text", containsString("0.95"));
            assertThat(metrics())
                    .contains(
                            "nim_scaler_warning{namespace=\"ns\",reason=\"TriggerQuestionable\",scaledobject=\"llm\"} 1.0",
                            "nim_scaler_trigger_refused{namespace=\"ns\",scaledobject=\"llm\"} 0.0");
        });
        browser.screenshot("warning");
    }

    private static void apiServerThatIsAway(Browser browser) {
        browser.until(() -> {
            assertThat(browser.text("#api-server")).isEqualTo("API server: away");
            assertThat(browser.text("#cluster")).startsWith("The API server is away since ");
            given().when().get("/api/status").then().body("apiServer.state", equalTo("away"));
            given().when().get(ALL).then().statusCode(200).body("", hasSize(1));
            assertThat(metrics()).contains("nim_scaler_api_server_watching 0.0");
        });
        browser.screenshot("away");
    }

    private static void deleted(Browser browser) {
        browser.go(page(""));
        browser.until(() -> {
            assertThat(browser.text(".summary")).startsWith("No scale target yet.");
            given().when().get(ALL).then().statusCode(200).body("", hasSize(0));
            assertThat(metrics()).doesNotContain("nim_scaler_warning{").doesNotContain("nim_scaler_trigger_refused{");
        });
    }
}
