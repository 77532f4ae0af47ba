package io.nimscaler.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page in a real browser, before a scaler that asks fifty scale targets. */
@QuarkusTest
@TestProfile(PageTest.Fleet.class)
class PageTest extends BrowserTest {

    public static final class Fleet implements QuarkusTestProfile {

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(FleetOfPages.class));
        }

        @Override
        public boolean disableGlobalTestResources() {
            return true;
        }
    }

    private static String step(String name) {
        return browser.all(".steps > div").stream()
                .map(row -> row.getText())
                .filter(text -> text.startsWith(name + "\n"))
                .map(text -> text.substring(name.length() + 1))
                .findFirst()
                .orElse("");
    }

    /** How many pixels of a plot are painted. */
    private static long painted(int plot) {
        return (Long) browser.script("const c = document.querySelectorAll('.plot canvas')[" + plot + "];"
                + "return c ? c.getContext('2d').getImageData(0, 0, c.width, c.height).data"
                + ".filter((b, i) => i % 4 === 3 && b > 0).length : 0");
    }

    @Test
    void listsEveryScaleTargetWithItsState() {
        browser.as(1280, 900, false).go(page(""));
        browser.patiently(() -> {
            assertThat(browser.all(".target")).hasSize(FleetOfPages.TARGETS);
            assertThat(browser.text(".target[data-state=unknown]"))
                    .contains("nim/gone", "Unknown", "for ", "since ", "KEDA gets no value: no pod has given a sample");
            assertThat(browser.text(".target[data-state=holding]"))
                    .contains("nim/half", "Holding: data missing", "Keeps 4 replicas.", "1 of 4 pods")
                    .contains("Demand is between 1.95 and 2.65; 4 replicas carry 2.8 at the target.");
            assertThat(browser.all(".target .name").subList(0, 3))
                    .extracting(WebElement::getText)
                    .containsExactly("nim/gone", "nim/half", "nim/nim-llm");
            assertThat(browser.text("#contact")).isEqualTo("Live");
            assertThat(browser.text(".summary"))
                    .isEqualTo("50 scale targets, 1 unknown, 2 holding: data missing, 3 with warnings");
            assertThat(browser.text(".target[data-state=holding] .warning"))
                    .contains("PodsMissing: cannot read 127.0.0.4")
                    .contains("500");
        });
        browser.screenshot("list");
        browser.one("input[type=search]").sendKeys("big");
        assertThat(browser.all(".target")).hasSize(1);
        browser.one("input[type=search]").sendKeys("ger");
        assertThat(browser.all(".target")).isEmpty();
        assertThat(browser.text("main")).contains("No scale target matches the filter.");
        browser.hasNothingToComplainOf();
    }

    @Test
    void headerSaysWhoAnswersAndInWhichZoneTheTimesAre() {
        browser.as(1280, 900, false).go(detail("busy"));
        browser.until(() -> {
            assertThat(browser.text("#scaler")).matches("\\S+( · \\S+)?");
            assertThat(browser.text("#api-server")).isEqualTo("Without API server");
            assertThat(browser.text("#clock")).startsWith("as of ");
        });
        browser.one("#zone").click();
        browser.until(() -> {
            assertThat(browser.text("#zone")).isEqualTo("Times: UTC");
            String hour = String.format(
                    "%02d:",
                    java.time.Instant.now().atZone(java.time.ZoneOffset.UTC).getHour());
            assertThat(browser.text("#clock")).startsWith("as of " + hour);
        });
        browser.one("#zone").click();
        assertThat(browser.text("#zone")).startsWith("Times: ");
    }

    @Test
    void saysWhatWasSeenWhatWasDecidedAndWhatTheHpaWillDo() {
        browser.as(1280, 1500, false).go(detail("busy"));
        browser.until(() -> {
            assertThat(browser.text(".headline"))
                    .isEqualTo("Scales up from 3 to 4 replicas. Demand is 2.75, 131 % of what 3 replicas carry at the"
                            + " target.");
            assertThat(browser.text(".title-row")).contains("Scaling up", "since ");
            assertThat(browser.text(".tiles"))
                    .contains("Load\n131 %\n2.75 of 2.10 at the target", "The HPA\ngoes up to 4");
            assertThat(browser.text(".figure .title")).isEqualTo("KV-cache usage per pod, in % of one replica");
            assertThat(browser.text(".transitions li")).contains("Scaling up", "3 replicas", "Scales up from 3 to 4");
            assertThat(step("Saw")).isEqualTo("3 pods at 92 %, 88 %, 95 %.");
            assertThat(step("Carries")).startsWith("Demand 2.750 now, 131 % of the target of 0.700 each.");
            assertThat(step("Decided")).contains("demand 2.7", " / 0.700 → 4 replicas");
            assertThat(step("KEDA is told")).matches("2\\.7\\d+, with a target of 0\\.700\\. The trigger is active\\.");
            assertThat(step("The HPA")).startsWith("Scales up to 4 replicas");
            assertThat(browser.text("tbody tr")).contains("127.0.0.1", "sampled", "92 %", "131 % of target");
            assertThat(List.of(0, 1, 2))
                    .allSatisfy(plot -> assertThat(painted(plot)).isGreaterThan(500));
        });
        browser.screenshot("busy");
        browser.hasNothingToComplainOf();
    }

    @Test
    void unknownIsSaidAndNeverZero() {
        browser.as(1280, 1500, false).go(detail("gone"));
        browser.until(() -> {
            assertThat(browser.text(".title-row .badge")).contains("Unknown");
            assertThat(browser.text(".tiles")).contains("Load\nunknown", "KEDA is told\nUNAVAILABLE");
            assertThat(step("Decided")).contains("unknown: ");
            assertThat(step("The HPA")).startsWith("It gets no value, so it changes nothing");
            assertThat(browser.text("tbody tr")).contains("missing", "unknown", "never read", "500");
            assertThat(browser.text(".figure:nth-of-type(2) .legend"))
                    .contains("demand unknown", "smoothed unknown", "told to KEDA unknown");
        });
        browser.screenshot("gone");
        browser.hasNothingToComplainOf();
    }

    @Test
    void podsThatAreMissedStandFirstAndTheHoldIsExplained() {
        browser.as(1280, 1500, true).go(detail("half"));
        browser.until(() -> {
            assertThat(browser.text(".title-row .badge")).contains("Holding: data missing");
            assertThat(browser.text(".problems"))
                    .startsWith("1 pod of 4 without data")
                    .contains("127.0.0.4", "500");
            assertThat(browser.text(".tiles")).contains("Load\n70 to 95 %", "stays at 4");
            assertThat(step("Saw")).isEqualTo("3 pods at 65 %, 65 %, 65 %; 1 missing.");
            assertThat(step("Carries")).contains("at least 1.950 and at most 2.650");
            assertThat(step("Decided")).contains("held at 4");
            assertThat(browser.text("tbody tr")).contains("127.0.0.4", "missing");
        });
        browser.screenshot("half-dark");
    }

    @Test
    void showsTheShadowBesideWhatIsReported() {
        browser.as(1280, 1500, false).go(detail("shadowed"));
        browser.until(() -> {
            assertThat(step("Shadow")).contains(" / 0.250 → 4 replicas", "Scales up to 4 replicas");
            assertThat(step("KEDA is told")).startsWith("1.400, with a target of 0.700.");
            assertThat(browser.text(".figure:nth-of-type(3) .legend")).contains("HPA by the shadow 4");
        });
        browser.go(page(""));
        browser.until(() -> assertThat(browser.all(".target")).hasSize(FleetOfPages.TARGETS));
    }

    @Test
    void showsTwoHundredPods() {
        browser.as(1280, 1500, false).go(detail("big"));
        browser.until(() -> {
            assertThat(browser.all("tbody tr")).hasSize(200);
            assertThat(step("Saw")).startsWith("200 pods at ").contains("mean 50 %");
            assertThat(painted(0)).isGreaterThan(500);
        });
        browser.screenshot("big");
        browser.hasNothingToComplainOf();
    }

    @Test
    void explainsAMomentAndComesBack() {
        browser.as(1280, 1500, false).go(detail("busy"));
        browser.until(() -> assertThat((Long) browser.script("return +document.querySelector('[type=range]').max"))
                .isGreaterThan(2));
        browser.one("[type=range]").sendKeys(Keys.ARROW_LEFT, Keys.ARROW_LEFT);
        browser.until(() -> {
            assertThat(browser.text(".when")).startsWith("At ").contains("Back to now");
            assertThat(browser.url()).contains("?at=20");
            assertThat(step("Decided")).contains(" sampled with mean ");
        });
        String moment = browser.text(".when");
        browser.screenshot("moment");
        browser.go(browser.url());
        browser.until(() -> assertThat(browser.text(".when")).isEqualTo(moment));
        browser.one(".when button").click();
        browser.until(() -> assertThat(browser.text(".when")).isEqualTo("now"));
        assertThat(browser.url()).doesNotContain("at=");
        browser.hasNothingToComplainOf();
    }

    @Test
    void momentThatIsNotRememberedIsSaidAndNotTakenForThePresent() {
        browser.as(1280, 900, false).go(page("#/nim/busy?at=2020-01-31T12:00:00Z"));
        browser.until(() -> {
            assertThat(browser.text(".problem"))
                    .contains(" on 31 Jan 2020 is not remembered", "remembered since", "The page shows the present.");
            assertThat(browser.text(".when")).isEqualTo("now");
            assertThat(step("Saw")).startsWith("3 pods");
        });
        // Decisions that come in the meantime do not take it away, and the address is what was asked for
        String then = browser.text("#clock");
        browser.until(() -> assertThat(browser.text("#clock")).isNotEqualTo(then));
        assertThat(browser.text(".problem")).contains("is not remembered");
        assertThat(browser.url()).contains("at=2020-01-31");
        browser.screenshot("not-remembered");

        // Until another is chosen
        browser.until(() -> assertThat((Long) browser.script("return +document.querySelector('[type=range]').max"))
                .isGreaterThan(4));
        browser.one(".figure:nth-of-type(2) .u-over").click();
        browser.until(() -> {
            assertThat(browser.text(".when")).startsWith("At ");
            assertThat(browser.all(".problem:not([hidden])")).isEmpty();
        });
    }

    @Test
    void addressWithoutAMomentIsSaid() {
        browser.as(1280, 900, false).go(page("#/nim/busy?at=yesterday"));
        browser.until(() -> assertThat(browser.text(".problem")).startsWith("“yesterday” is not a moment."));
    }

    @Test
    void quietPodsAreNotNoPod() throws Exception {
        UnaryOperator<String> rewrite = json -> json.replaceAll(
                "\"value\":[0-9.]+,\"sampleAgeSeconds\":[0-9.]+", "\"value\":null,\"sampleAgeSeconds\":null");
        try (Proxy proxy = new Proxy("/", port(), rewrite, false)) {
            browser.as(1280, 900, false).go(proxy.url("#/nim/busy"));
            browser.until(() -> {
                assertThat(step("Saw")).isEqualTo("3 pods answer with too few observations for a value.");
                assertThat(browser.text("tbody tr"))
                        .contains("sampled", "too few observations")
                        .doesNotContain("never read");
            });
        }
    }

    @Test
    void clickIntoAPlotExplainsThatMomentAndASpanDownloads() {
        browser.as(1280, 1500, false).go(detail("busy"));
        browser.until(() -> assertThat((Long) browser.script("return +document.querySelector('[type=range]').max"))
                .isGreaterThan(4));
        browser.one(".figure:nth-of-type(2) .u-over").click();
        browser.until(() -> assertThat(browser.text(".when")).startsWith("At "));
        assertThat(browser.script(
                        "return fetch(document.querySelector('a[href*=recording]').href).then((r) => r.status)"))
                .isEqualTo(200L);
    }

    @Test
    void fitsOnAPhone() {
        browser.as(360, 740, false).go(page(""));
        browser.until(() -> assertThat(browser.all(".target")).hasSize(FleetOfPages.TARGETS));
        browser.fits();
        browser.screenshot("list-phone");
        browser.go(detail("half"));
        browser.until(() -> assertThat(browser.all("tbody tr")).hasSize(4));
        browser.fits();
        browser.screenshot("half-phone");
    }

    @Test
    void isDarkWhereTheBrowserIs() {
        browser.as(1280, 900, true).go(page(""));
        browser.until(
                () -> assertThat(browser.all(".target[data-state=holding]")).hasSize(2));
        assertThat(browser.script("return getComputedStyle(document.body).backgroundColor"))
                .isEqualTo("rgb(14, 20, 27)");
        browser.screenshot("list-dark");
    }

    @Test
    void worksBehindAPathPrefix() throws Exception {
        try (Proxy proxy = new Proxy("/a/deep/prefix/", port(), UnaryOperator.identity(), true)) {
            browser.as(1280, 900, false).go(proxy.url(""));
            browser.until(() -> assertThat(browser.all(".target")).hasSize(FleetOfPages.TARGETS));
            browser.one(".target a[href*=busy]").click();
            browser.until(() -> {
                assertThat(step("Saw")).startsWith("3 pods");
                assertThat(browser.text("#contact")).isEqualTo("Live");
                assertThat(painted(1)).isGreaterThan(500);
            });
            browser.hasNothingToComplainOf();
        }
    }

    @Test
    void namesAndErrorsAreShownAndNeverRun() throws Exception {
        String hostile = "<img src=x onerror='window.hacked=1'><b>";
        UnaryOperator<String> rewrite = json -> json.replace("\"half\"", "\"" + hostile + "\"")
                .replace("\"127.0.0.4:", "\"" + hostile)
                .replace("\"problem\":\"", "\"problem\":\"" + hostile)
                .replace("\"explanation\":\"", "\"explanation\":\"" + hostile);
        try (Proxy proxy = new Proxy("/", port(), rewrite, false)) {
            browser.as(1280, 900, false).go(proxy.url(""));
            browser.until(() -> assertThat(browser.text(".targets")).contains("nim/" + hostile));
            browser.go(proxy.url("#/nim/half"));
            browser.until(() -> {
                assertThat(browser.text("tbody tr th")).startsWith(hostile);
                assertThat(browser.text("tbody tr .pod-problem")).startsWith(hostile);
                assertThat(step("Decided")).startsWith(hostile);
            });
            assertThat(browser.all("main img, main b")).isEmpty();
            assertThat(browser.script("return window.hacked === undefined")).isEqualTo(true);
        }
    }

    @Test
    void asksAgainAndAgainWhereEventsDoNotComeThrough() throws Exception {
        try (Proxy proxy = new Proxy("/", port(), UnaryOperator.identity(), false)) {
            browser.as(1280, 900, false).go(proxy.url("#/nim/busy"));
            browser.until(() -> assertThat(step("Saw")).startsWith("3 pods"));
            String then = browser.text("#clock");
            browser.until(() -> {
                assertThat(browser.text("#clock")).isNotEqualTo(then);
                assertThat(browser.text("#contact")).isEqualTo("Live");
            });
        }
    }

    @Test
    void saysThatItIsOldWhereTheScalerIsGone() throws Exception {
        try (Proxy proxy = new Proxy("/", port(), UnaryOperator.identity(), true)) {
            browser.as(1280, 900, false).go(proxy.url("#/nim/busy"));
            browser.until(() -> assertThat(step("Saw")).startsWith("3 pods"));
            proxy.goAway();
            browser.until(() -> {
                assertThat(browser.text("#contact"))
                        .startsWith("No contact with the scaler since ")
                        .endsWith(": the page shows old data");
                assertThat(browser.all("body[data-stale]")).hasSize(1);
            });
            browser.screenshot("stale");
            proxy.comeBack();
            browser.until(() -> assertThat(browser.text("#contact")).isEqualTo("Live"));
        }
    }

    @Test
    void decisionThatIsOldIsUnknown() throws Exception {
        UnaryOperator<String> rewrite = json -> json.replaceAll("\"at\":\"20\\d\\d-", "\"at\":\"2020-");
        try (Proxy proxy = new Proxy("/", port(), rewrite, false)) {
            browser.as(1280, 900, false).go(proxy.url("#/nim/busy"));
            browser.until(() -> {
                assertThat(browser.text(".title-row .badge")).contains("Unknown");
                assertThat(step("Decided")).startsWith("unknown: no decision for ");
                assertThat(step("KEDA is told")).startsWith("UNAVAILABLE: ");
                assertThat(browser.text(".tiles")).contains("Load\nunknown", "KEDA is told\nUNAVAILABLE");
            });
        }
    }

    @Test
    void scaleTargetThatIsNotThereIsSaid() {
        browser.as(1280, 900, false).go(detail("no-such"));
        browser.until(() -> assertThat(browser.text(".problem")).startsWith("There is no decision on such a trigger."));
    }

    @Test
    void whatIfSaysHowToKeepMoreThanHalfAnHour() {
        browser.as(1280, 1500, false).go(detail("busy"));
        browser.until(() -> {
            assertThat(browser.text(".what-if"))
                    .contains("Only the last half hour is remembered", "set nim-scaler.history.directory", "now 0.7");
            assertThat(browser.all("[aria-label='Visible span'] button:not([hidden])"))
                    .extracting(WebElement::getText)
                    .containsExactly("2 min", "10 min", "All");
        });
        browser.all(".what-if button").stream()
                .filter(button -> button.getText().equals("Find better settings"))
                .findFirst()
                .orElseThrow()
                .click();
        browser.until(() -> assertThat(browser.text(".answer")).contains("No advice:", "too little history: "));
    }
}
