package io.nimscaler.page;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** The page of a scaler that has a fortnight behind it: its days, and what other settings would have made of them. */
@QuarkusTest
@TestProfile(WhatIfPageTest.WithHistory.class)
class WhatIfPageTest extends BrowserTest {

    /** Beside other tests an answer takes its time. */
    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    public static final class WithHistory implements QuarkusTestProfile {

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(FleetOfPages.class), new TestResourceEntry(Fortnight.class));
        }

        @Override
        public boolean disableGlobalTestResources() {
            return true;
        }
    }

    private static WebElement field(String key) {
        return browser.all(".what-if .field").stream()
                .filter(field -> field.getText().startsWith(key + "\n"))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until the form has the present settings, and writes another value into one of its fields. */
    private static void write(String key, String value) {
        browser.until(() -> assertThat(field("targetValue").getText()).endsWith("now 0.7"));
        WebElement input = field(key).findElement(By.tagName("input"));
        input.clear();
        input.sendKeys(value);
    }

    private static void onTheLast(int days) {
        browser.one(".more summary").click();
        browser.one(".what-if option[value='" + days + "']").click();
        browser.one(".more summary").click();
    }

    private static void press(String label) {
        browser.all(".what-if button").stream()
                .filter(button -> button.getText().equals(label))
                .findFirst()
                .orElseThrow()
                .click();
    }

    /** On the last {@code days}: a second of each is simulated. */
    private static void tryTarget(String name, String target, int days) {
        browser.go(detail(name));
        write("targetValue", target);
        onTheLast(days);
        press("Try these settings");
        browser.patiently(() -> assertThat(browser.text(".answer .headline")).startsWith("With targetValue " + target));
    }

    @Test
    void saysInWordsFirstWhatOtherSettingsWouldHaveCost() {
        browser.as(1280, 2600, false);
        tryTarget(Fortnight.VARIED, "0.5", 1);
        assertThat(browser.text(".answer .headline"))
                .matches("With targetValue 0\\.5: [0-9.,]+( to [0-9.,]+)? replica-hours instead of [0-9.,]+( to"
                        + " [0-9.,]+)?, .* % of the time overloaded instead of .* %\\.");
        assertThat(browser.text(".answer"))
                .contains("On 24 h of this traffic. Really there were ")
                .contains("The pods were full for ")
                .contains("On the fleet that there was, ");
        assertThat(browser.all(".answer tbody tr"))
                .extracting(row -> row.getAttribute("data-kind"))
                .containsExactlyInAnyOrder("was", "present", "asked", "perfect");
        assertThat(browser.all(".cost .cost-room .point.present .error")).hasSize(2);
        assertThat(browser.text(".cost .legend")).contains("really was", "perfect", "asked");
        browser.one(".left-out summary").click();
        assertThat(browser.text(".left-out"))
                .contains("scaleDown.stabilizationWindowSeconds = 0")
                .contains("no latency is predicted or promised");
        browser.screenshot("what-if");
        browser.hasNothingToComplainOf();
    }

    @Test
    void priceIsAnsweredInMoney() {
        browser.as(1280, 1500, false).go(detail(Fortnight.FULL));
        write("targetValue", "0.6");
        write("pricePerReplicaHour", "2.5");
        press("Try these settings");
        browser.until(() -> assertThat(browser.text(".answer .headline"))
                .matches("With targetValue 0\\.6: .* replica-hours instead of .*, .* a month instead of .*"));
        assertThat(browser.text(".answer thead")).contains("A month");
        assertThat(browser.text(".answer .notes")).contains("The pods were full for ");
    }

    @Test
    void whatIsWrongIsSaidWhereItWasWritten() {
        browser.as(1280, 1500, false).go(detail(Fortnight.FULL));
        write("targetValue", "70");
        write("maxReplicaCount", "many");
        press("Try these settings");
        browser.until(() -> {
            assertThat(field("targetValue").getText()).contains("targetValue = \"70\": expected at most 1");
            assertThat(field("maxReplicaCount").getText()).contains("maxReplicaCount = \"many\": expected a number of");
        });
        assertThat(browser.script("return document.activeElement.getAttribute('aria-invalid')"))
                .isEqualTo("true");
        assertThat(browser.all(".what-if .problem:not([hidden])")).isEmpty();
        assertThat(browser.accessibilityViolations()).isEmpty();
        browser.screenshot("what-if-wrong");
        field("targetValue").findElement(By.tagName("input")).sendKeys("1");
        assertThat(field("targetValue").getText()).endsWith("now 0.7");
        press("Back to the present settings");
        onTheLast(1);
        press("Try these settings");
        browser.until(() -> assertThat(browser.text(".answer .headline")).startsWith("With the present settings: "));
    }

    @Test
    void adviceIsGivenWithTheLinesToChange() {
        browser.as(1280, 2600, false).go(detail(Fortnight.VARIED));
        browser.until(() -> assertThat(field("targetValue").getText()).endsWith("now 0.7"));
        // So that what is tried first is better already, however slow the machine is
        browser.one(".more summary").click();
        field("maxOverload").findElement(By.tagName("input")).sendKeys("0.2");
        browser.one(".more summary").click();
        onTheLast(3);
        press("Find better settings");
        browser.patiently(() -> assertThat(browser.text(".answer .headline")).startsWith("Advised: "));
        assertThat(browser.all(".answer tr[data-kind=advised]")).hasSize(1);
        assertThat(browser.text(".answer tbody")).contains("downscaleStabilizationWindow 1m");
        assertThat(browser.all(".lines pre")).extracting(WebElement::getText).satisfies(lines -> {
            assertThat(lines.get(1)).contains("triggers:").doesNotContain("shadow");
            assertThat(lines.get(0)).contains("shadow.");
        });
        press("Copy");
        browser.until(() -> assertThat(browser.text(".lines button")).isIn("Copied", "Selected"));
        // Into the form, and asked again: it stands beside what was advised
        browser.one(".answer tr[data-kind=advised] button").click();
        press("Try these settings");
        browser.patiently(() -> assertThat(browser.text(".answer .headline")).startsWith("With "));
        assertThat(browser.all(".answer tr[data-kind=asked], .answer tr[data-kind=advised]"))
                .hasSize(2);
        browser.screenshot("what-if-advice");
        browser.hasNothingToComplainOf();
    }

    @Test
    void cancelledQuestionMakesRoomForAnother() {
        browser.as(1280, 1500, false).go(detail(Fortnight.VARIED));
        browser.until(() -> assertThat(field("targetValue").getText()).endsWith("now 0.7"));
        onTheLast(Fortnight.DAYS);
        press("Find better settings");
        browser.until(
                () -> assertThat(browser.one(".what-if[aria-busy] progress").isDisplayed())
                        .isTrue());
        press("Cancel");
        onTheLast(1);
        browser.until(() -> assertThat(browser.text(".what-if .status")).isEqualTo("Cancelled."));
        // The scaler notices at the end of what it has at hand
        browser.until(() -> {
            press("Try these settings");
            browser.until(() -> assertThat(browser.all(".what-if[aria-busy]")).isEmpty());
            assertThat(browser.all(".what-if .problem:not([hidden])")).isEmpty();
        });
        assertThat(browser.text(".answer .headline")).startsWith("With the present settings: ");
    }

    /** An advice on a fortnight takes longer than this waits: the place is free because its caller has gone. */
    @Test
    void questionEndsWhenItsCallerHangsUp() throws IOException {
        try (Socket caller = new Socket("127.0.0.1", port())) {
            caller.getOutputStream()
                    .write(("POST /api/scaled-objects/nim/" + Fortnight.VARIED
                                    + "/advice HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                    + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
                            .getBytes(StandardCharsets.US_ASCII));
            await().atMost(A_MINUTE).until(() -> statusOfASmallQuestion() == 503);
        }
        await().atMost(A_MINUTE).until(() -> statusOfASmallQuestion() == 200);
    }

    private static int statusOfASmallQuestion() {
        return given().contentType("application/json")
                .body("{\"from\": \"" + Instant.now().minus(Duration.ofHours(1)) + "\"}")
                .post("/api/scaled-objects/nim/" + Fortnight.VARIED + "/what-if")
                .statusCode();
    }

    @Test
    void signalThatDoesNotAddUpIsAnsweredOnTheFleetThatThereWas() throws Exception {
        UnaryOperator<String> rewrite = json -> json.contains("\"closedLoop\":") ? """
            {"namespace": "nim", "name": "x", "triggerName": "x", "settings": {}, "warnings": [], "closedLoop": null,
             "openLoop": {"decisions": 1000, "differing": 20, "present": {"mean": 2.5, "fewest": 1, "most": 4, "unknownTime": 0},
              "other": {"mean": 3.25, "fewest": 2, "most": 5, "unknownTime": 0}, "fromTheBeginning": true, "steps": []},
             "scaledObjectLines": "", "shadowLines": "", "noClosedLoop": "metric = \\"ttft\\": expected a signal that adds up", "leftOut": ["latencies"]}\
            """ : json;
        try (Proxy proxy = new Proxy("/", port(), rewrite, true)) {
            browser.as(1280, 1500, false).go(proxy.url("#/nim/" + Fortnight.FULL));
            write("targetValue", "0.6");
            press("Try these settings");
            browser.until(() -> assertThat(browser.text(".answer"))
                    .contains("20 of 1,000 decisions would have been others: 3.25 replicas (2 to 5) on average instead"
                            + " of 2.50 replicas (1 to 4).")
                    .contains("There is no answer for another fleet: metric = \"ttft\": expected a signal"));
            assertThat(browser.all(".answer .cost, .answer table")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"1280, false", "1280, true", "390, false", "390, true"})
    void axeFindsNothing(int width, boolean dark) {
        browser.as(width, 1500, dark);
        tryTarget(Fortnight.FULL, "0.6", 1);
        assertThat(browser.accessibilityViolations()).isEmpty();
        browser.fits();
        browser.screenshot("what-if-" + width + (dark ? "-dark" : ""));
    }

    private static void span(String label) {
        var buttons = browser.all("[aria-label='Visible span'] button").stream()
                .filter(button -> button.getText().equals(label))
                .toList();
        assertThat(buttons).as(label).hasSize(1);
        buttons.getFirst().click();
    }

    @Test
    void plotsReachAsFarBackAsMinutesAreKept() {
        browser.as(1280, 1900, false).go(detail(Fortnight.VARIED));
        browser.until(() -> span("7 days"));
        browser.until(() -> {
            assertThat(browser.text(".figure:nth-of-type(1) .legend"))
                    .matches("(?s)busiest [0-9.]+ %.*mean [0-9.]+ %.*");
            assertThat(browser.text(".figure:nth-of-type(2) .legend"))
                    .matches("(?s)highest [0-9.]+\\s.*lowest [0-9.]+\\s.*demand [0-9.]+\\s.*target × replicas [0-9.]+");
            assertThat(browser.text(".figure:nth-of-type(3) .legend"))
                    .matches("(?s)present [0-9.]+\\s.*ready [0-9.]+\\s.*HPA asked for [0-9.]+\\s.*");
            assertThat(browser.text(".readout")).contains(": demand ", " on average");
            assertThat(painted(2)).isGreaterThan(500);
        });
        assertThat(browser.all(".slider[hidden]")).hasSize(1);
        long week = painted(1);
        span("All days");
        browser.until(() -> assertThat(painted(1)).isNotEqualTo(week));
        // Between two points of the fortnight are more than two minutes: of a shorter span there is more to see
        browser.screenshot("days");
        assertThat(browser.accessibilityViolations()).isEmpty();
        span("24 h");
        browser.until(() -> assertThat(browser.text(".readout")).contains("3 min: demand "));
        span("10 min");
        browser.until(() -> {
            assertThat(browser.text(".figure:nth-of-type(2) .legend")).contains("told to KEDA");
            assertThat(browser.all(".slider[hidden]")).isEmpty();
        });
        browser.hasNothingToComplainOf();
    }

    @ParameterizedTest
    @CsvSource({"1280, true", "390, false", "390, true"})
    void daysFitEveryScreen(int width, boolean dark) {
        browser.as(width, 1900, dark).go(detail(Fortnight.VARIED));
        browser.until(() -> span("All days"));
        browser.until(() -> assertThat(browser.text(".readout")).contains("on average"));
        assertThat(browser.accessibilityViolations()).isEmpty();
        browser.fits();
        browser.screenshot("days-" + width + (dark ? "-dark" : ""));
    }

    /** How many pixels of a plot are painted; by a copy, for Chromium complains where a canvas itself is read often. */
    private static long painted(int plot) {
        return (Long)
                browser.script(
                        "const c = document.querySelectorAll('.plot canvas')[" + plot + "];"
                                + "if (!c) return 0;"
                                + "const copy = Object.assign(document.createElement('canvas'), {width: c.width, height: c.height});"
                                + "const context = copy.getContext('2d', {willReadFrequently: true});"
                                + "context.drawImage(c, 0, 0);"
                                + "return context.getImageData(0, 0, c.width, c.height).data.filter((b, i) => i % 4 === 3 && b > 0).length");
    }

    @Test
    void whatIsNotKeptIsAGapAndNotMadeUp() {
        browser.as(1280, 1500, false).go(detail("llm-10"));
        browser.until(() -> span("24 h"));
        // 0.7 while the first window holds, later the 0.5 of its pod; not known where the pod answered too late
        browser.until(() -> assertThat(browser.text(".readout"))
                .matches("Nothing is kept of this time\\.|.*: the demand is not known|"
                        + ".*: demand 0\\.[57][0-9]* to 0\\.[57][0-9]*, .*"));
    }

    /** The picture in what-if.md: {@code -Dpage.images=src/docs/images} makes it anew. */
    @Test
    void pictureForTheDocs() throws IOException {
        browser.as(1200, 1060, false);
        tryTarget(Fortnight.VARIED, "0.6", 3);
        browser.script("document.querySelector('.what-if').scrollIntoView()");
        byte[] picture = browser.picture();
        assertThat(picture).hasSizeLessThan(250_000);
        Path folder = Path.of(System.getProperty("page.images", "target/page"));
        Files.createDirectories(folder);
        Files.write(folder.resolve("what-if.png"), picture);
    }
}
