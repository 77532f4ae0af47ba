package io.nimscaler.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import java.util.function.UnaryOperator;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page in a real browser, before a scaler that asks fifty scale targets. */
@QuarkusTest
@TestProfile(PageTest.Fleet.class)
class PageTest {

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

    private static Browser browser;

    @BeforeAll
    static void openBrowser() {
        browser = Browser.open();
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    private static int port() {
        return ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
    }

    private static String page(String fragment) {
        return "http://127.0.0.1:" + port() + "/" + fragment;
    }

    private static String detail(String name) {
        return page("#/nim/" + name);
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
        browser.until(() -> {
            assertThat(browser.all(".card")).hasSize(FleetOfPages.TARGETS);
            assertThat(browser.text(".card[data-kind=unknown]")).contains("nim/gone", "Unknown", "demand unknown");
            assertThat(browser.text(".card[data-kind=hold]")).contains("nim/half", "Held", "4 replicas", "1 missing");
            assertThat(browser.all(".card .name").subList(0, 3))
                    .extracting(WebElement::getText)
                    .containsExactly("nim/gone", "nim/half", "nim/big");
            assertThat(browser.text("#contact")).isEqualTo("Live");
            assertThat(browser.text(".summary")).isEqualTo("50 triggers, 1 unknown, 1 held, 2 with warnings");
            assertThat(browser.text(".card[data-kind=hold] .warning"))
                    .startsWith("PodsMissing: cannot read 127.0.0.4")
                    .contains("500");
        });
        browser.screenshot("list");
        browser.one("input[type=search]").sendKeys("big");
        assertThat(browser.all(".card")).hasSize(1);
        browser.hasNothingToComplainOf();
    }

    @Test
    void saysWhatWasSeenWhatWasDecidedAndWhatTheHpaWillDo() {
        browser.as(1280, 1500, false).go(detail("busy"));
        browser.until(() -> {
            assertThat(step("Saw")).isEqualTo("3 pods at 0.92, 0.88, 0.95.");
            assertThat(step("Carries")).startsWith("Demand 2.750 of 0.700 each");
            assertThat(step("Decided")).contains("demand 2.7", " / 0.700 → 4 replicas");
            assertThat(step("KEDA is told")).matches("2\\.7\\d+, with a target of 0\\.700\\. The trigger is active\\.");
            assertThat(step("The HPA")).startsWith("Its formula scales up to 4 replicas");
            assertThat(browser.text("tbody tr")).contains("127.0.0.1", "sampled", "0.920");
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
            assertThat(browser.text(".tiles")).contains("Demand\nunknown", "Told to KEDA\nUNAVAILABLE");
            assertThat(step("Decided")).contains("unknown: ");
            assertThat(step("The HPA")).startsWith("It gets no value, so it changes nothing");
            assertThat(browser.text("tbody tr")).contains("missing", "unknown", "never read", "500");
            assertThat(browser.text(".figure:nth-child(2) .legend"))
                    .contains("demand unknown", "smoothed unknown", "told to KEDA unknown");
        });
        browser.screenshot("gone");
        browser.hasNothingToComplainOf();
    }

    @Test
    void podsThatAreMissedStandFirstAndTheHoldIsExplained() {
        browser.as(1280, 1500, true).go(detail("half"));
        browser.until(() -> {
            assertThat(browser.text(".title-row .badge")).contains("Held");
            assertThat(step("Saw")).isEqualTo("3 pods at 0.65, 0.65, 0.65; 1 missing.");
            assertThat(step("Carries")).contains("at least 1.950, at most 2.650");
            assertThat(step("Decided")).contains("held at 4");
            assertThat(browser.text("tbody tr")).contains("127.0.0.4", "missing");
        });
        browser.screenshot("half-dark");
    }

    @Test
    void showsTheShadowBesideWhatIsReported() {
        browser.as(1280, 1500, false).go(detail("shadowed"));
        browser.until(() -> {
            assertThat(step("Shadow")).contains(" / 0.250 → 4 replicas", "scales up to 4 replicas");
            assertThat(step("KEDA is told")).startsWith("1.400, with a target of 0.700.");
            assertThat(browser.text(".figure:nth-child(3) .legend")).contains("HPA by the shadow 4");
        });
        browser.go(page(""));
        browser.until(() -> assertThat(browser.all(".card")).hasSize(FleetOfPages.TARGETS));
    }

    @Test
    void showsTwoHundredPods() {
        browser.as(1280, 1500, false).go(detail("big"));
        browser.until(() -> {
            assertThat(browser.all("tbody tr")).hasSize(200);
            assertThat(step("Saw")).startsWith("200 pods at ").contains("mean 0.50");
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
                    .contains("on 31 Jan 2020 is not remembered", "remembered since", "What is shown is now.");
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
        browser.one(".figure:nth-child(2) .u-over").click();
        browser.until(() -> {
            assertThat(browser.text(".when")).startsWith("At ");
            assertThat(browser.all(".problem:not([hidden])")).isEmpty();
        });
    }

    @Test
    void addressWithoutAMomentIsSaid() {
        browser.as(1280, 900, false).go(page("#/nim/busy?at=yesterday"));
        browser.until(() -> assertThat(browser.text(".problem")).startsWith("“yesterday” is no moment."));
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
        browser.one(".figure:nth-child(2) .u-over").click();
        browser.until(() -> assertThat(browser.text(".when")).startsWith("At "));
        assertThat(browser.script(
                        "return fetch(document.querySelector('a[href*=recording]').href).then((r) => r.status)"))
                .isEqualTo(200L);
    }

    @Test
    void fitsOnAPhone() {
        browser.as(360, 740, false).go(page(""));
        browser.until(() -> assertThat(browser.all(".card")).hasSize(FleetOfPages.TARGETS));
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
        browser.until(() ->
                assertThat(browser.text(".summary")).isEqualTo("50 triggers, 1 unknown, 1 held, 2 with warnings"));
        assertThat(browser.script("return getComputedStyle(document.body).backgroundColor"))
                .isEqualTo("rgb(14, 20, 27)");
        browser.screenshot("list-dark");
    }

    @Test
    void worksBehindAPathPrefix() throws Exception {
        try (Proxy proxy = new Proxy("/a/deep/prefix/", port(), UnaryOperator.identity(), true)) {
            browser.as(1280, 900, false).go(proxy.url(""));
            browser.until(() -> assertThat(browser.all(".card")).hasSize(FleetOfPages.TARGETS));
            browser.one(".card a[href*=busy]").click();
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
            browser.until(() -> assertThat(browser.text(".cards")).contains("nim/" + hostile));
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
                        .endsWith(": what is shown is old");
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
                assertThat(browser.text(".tiles")).contains("Demand\nunknown", "Told to KEDA\nUNAVAILABLE");
            });
        }
    }

    @Test
    void scaleTargetThatIsNotThereIsSaid() {
        browser.as(1280, 900, false).go(detail("no-such"));
        browser.until(() -> assertThat(browser.text(".problem")).startsWith("There is no decision on such a trigger."));
    }
}
