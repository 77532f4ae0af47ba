package io.nimscaler.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import io.nimscaler.app.NimPods;
import io.nimscaler.history.KeptMinute;
import io.nimscaler.history.Minute;
import io.nimscaler.history.MinuteHeader;
import io.nimscaler.history.Range;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.storage.MinuteFiles;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A scaler that is started on the history of another: what was kept is shown, and decides nothing. */
@QuarkusTest
@QuarkusTestResource(value = NimPods.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = HistoryResourceTest.Disk.class, restrictToAnnotatedClass = true)
class HistoryResourceTest {

    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MINUTES);
    private static final String PATH = "/api/scaled-objects/default/llm/history";

    /** Two days of the scaler before this one, at nine replicas with a demand of 5. */
    public static final class Disk implements QuarkusTestResourceLifecycleManager {

        @Override
        public Map<String, String> start() {
            try {
                Path directory = Files.createTempDirectory("history");
                Trigger trigger = Triggers.with("port", "metrics");
                TriggerId id = new TriggerId(new ScaledObjectId("default", "llm"), trigger.metricName());
                MinuteHeader header = MinuteHeader.of(id, trigger, Optional.of(new Minute.Limits(1, 10)));
                try (MinuteFiles before = new MinuteFiles(directory, new MinuteFiles.Bounds(14, 1 << 30), () -> NOW)) {
                    before.start();
                    for (int minute = 2 * 1440; minute > 10; minute--) {
                        before.keep(new KeptMinute(header, minute(NOW.minus(Duration.ofMinutes(minute)))));
                        while (before.state().orElseThrow().bytes() == 0) {
                            Thread.onSpinWait();
                        }
                    }
                }
                return Map.of("nim-scaler.history.directory", directory.toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static Minute minute(Instant at) {
            return new Minute(
                    at,
                    new Minute.Decided(
                            10, Map.of(HoldReason.STABILIZATION, 50), 0, 60, Optional.of(new Range(8, 8.5, 9))),
                    Optional.of(new Range(4, 5, 6)),
                    60,
                    OptionalDouble.of(.8),
                    Optional.of(new Minute.Replicas(Range.of(9), Range.of(9), Range.of(9), 9, 0, 0, 0)),
                    Minute.Traffic.UNKNOWN,
                    List.of(Duration.ofSeconds(40)),
                    List.of(),
                    OptionalDouble.empty());
        }

        @Override
        public void stop() {
            // The directory of a test is the system's to clear
        }
    }

    @Test
    void whatWasKeptIsShownInSteps() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().when()
                        .get(PATH + "?steps=100")
                        .then()
                        .statusCode(200)
                        .body("[0].triggerName", equalTo("gpu_cache_usage_perc"))
                        .body("[0].since", equalTo(NOW.minus(Duration.ofDays(2)).toString()))
                        .body("[0].stepSeconds", equalTo(1740))
                        .body("[0].steps.size()", greaterThanOrEqualTo(98))
                        .body("[0].steps[50].decisions", equalTo(60 * 29))
                        .body("[0].steps[50].holds.stabilization", equalTo(50 * 29))
                        .body("[0].steps[50].demand.lowest", equalTo(4f))
                        .body("[0].steps[50].demand.mean", equalTo(5f))
                        .body("[0].steps[50].replicasWanted.highest", equalTo(9f))
                        .body("[0].steps[50].hpaDesiredReplicas.mean", equalTo(8.5f))
                        .body("[0].steps[50].targetValue", equalTo(.7f))
                        .body("[0].steps[50].minReplicas", equalTo(1))
                        .body("[0].steps[50].requestsRunning", nullValue())
                        .body("[0].steps[50].promptTokensPerSecond", nullValue())
                        .body("[0].steps[50].startUpSeconds", hasSize(29)));
    }

    @Test
    void aSpanIsShownMinuteByMinute() {
        Instant from = NOW.minus(Duration.ofHours(2));
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().when()
                        .get(PATH + "?from=" + from + "&to=" + from.plus(Duration.ofMinutes(30)))
                        .then()
                        .statusCode(200)
                        .body("[0].stepSeconds", equalTo(60))
                        .body("[0].steps", hasSize(30))
                        .body("[0].steps[0].at", equalTo(from.toString())));
    }

    @Test
    void nothingOfItDecides() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().when()
                        .get("/api/scaled-objects/default/llm")
                        .then()
                        .statusCode(200)
                        .body("[0].highest", equalTo(.769f))
                        .body("[0].windowRemainingSeconds > 0", equalTo(true)));
    }

    @Test
    void stateAndMetersSayHowItGoes() {
        given().when()
                .get("/api/status")
                .then()
                .statusCode(200)
                .body("history.trouble", nullValue())
                .body("history.lostMinutes", equalTo(0))
                .body("history.files", greaterThanOrEqualTo(2));
        String port = ConfigProvider.getConfig().getValue("quarkus.management.test-port", String.class);
        String meters =
                given().when().get("http://127.0.0.1:" + port + "/q/metrics").asString();
        assertThat(meters)
                .contains("nim_scaler_history_failing 0.0")
                .contains("nim_scaler_history_lost_minutes_total 0.0")
                .containsPattern("nim_scaler_history_bytes [1-9]");
    }

    @ParameterizedTest
    @CsvSource({
        "?from=yesterday, from = \"yesterday\": expected an instant such as 2026-01-31T12:00:00Z",
        "?steps=0, steps = \"0\": expected a whole number from 1 to 2000",
        "?steps=2001, steps = \"2001\": expected a whole number from 1 to 2000",
        "?steps, steps = \"\": expected a whole number from 1 to 2000",
        "?from=2026-01-31T12:00:00Z&to=2026-01-31T11:00:00Z, to = \"2026-01-31T11:00:00Z\": expected a moment not"
                + " before"
    })
    void aWrongParameterIsSaid(String query, String error) {
        given().when().get(PATH + query).then().statusCode(400).body("error", containsString(error));
    }

    @Test
    void aScaledObjectThatIsNotKnownIsSaid() {
        given().when().get("/api/scaled-objects/default/other/history").then().statusCode(404);
    }
}
