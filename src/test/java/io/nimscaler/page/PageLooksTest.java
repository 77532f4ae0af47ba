package io.nimscaler.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.WebElement;

/** Whether everybody can read the page: contrast, names for whoever hears it, nothing that jumps, many pods. */
@QuarkusTest
@TestProfile(PageTest.Fleet.class)
class PageLooksTest extends BrowserTest {

    private static final double LEAST_CONTRAST = 3;

    /** The words of the picture in the README, from top to bottom. */
    private static final String[] ON_THE_PICTURE = {
        "1 pod of 4 without data",
        "Replicas",
        "Load",
        "KEDA is told",
        "The HPA",
        "Over time",
        "Serving load per pod, in % of one replica",
        "Demand of the fleet"
    };

    @ParameterizedTest
    @CsvSource({
        "'', 1280, false",
        "'', 1280, true",
        "'', 390, false",
        "#/nim/half, 1280, false",
        "#/nim/half, 1280, true",
        "#/nim/half, 390, true",
        "#/nim/gone, 1280, false",
        "#/nim/big, 1280, false",
        "#/nim/shadowed, 1280, true"
    })
    void axeFindsNothing(String fragment, int width, boolean dark) {
        browser.as(width, 900, dark).go(page(fragment));
        browser.until(() -> assertThat(browser.all(fragment.isEmpty() ? ".target" : ".u-over, [data-pod]"))
                .isNotEmpty());
        assertThat(browser.accessibilityViolations()).isEmpty();
        browser.fits();
    }

    /** WCAG 2.2, 1.4.11: what is needed to see where a span begins and ends. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void spansStandOutAtTheirEdges(boolean dark) {
        browser.as(1280, 1500, dark).go(page("#/nim/half"));
        // The grid is painted before the spans are
        browser.until(() -> assertThat(edge())
                .isNotNull()
                .satisfies(edge ->
                        assertThat(contrast(rgb(edge), rgb(colour("--card")))).isGreaterThanOrEqualTo(LEAST_CONTRAST)));
        for (String tone : List.of("good", "calm", "move", "warn", "bad")) {
            assertThat(contrast(rgb(colour("--tone-" + tone)), rgb(colour("--card"))))
                    .as(tone)
                    .isGreaterThanOrEqualTo(LEAST_CONTRAST);
        }
    }

    /** The uppermost pixel that is painted in the right half of the second plot: the ribbon over a span. */
    private static String edge() {
        return (String) browser.script("const c = document.querySelectorAll('.plot canvas')[1]; if (!c) return null;"
                + "const x = Math.round(c.width * 0.9);"
                + "const d = c.getContext('2d').getImageData(x, 0, 1, c.height).data;"
                + "for (let i = 0; i < d.length; i += 4) {"
                + " if (d[i + 3] === 255) return 'rgb(' + [d[i], d[i + 1], d[i + 2]].join(', ') + ')'; } return null;");
    }

    private static String colour(String variable) {
        return (String) browser.script("const e = document.createElement('i'); e.style.color = 'var(" + variable
                + ")'; document.body.append(e); const c = getComputedStyle(e).color; e.remove(); return c;");
    }

    private static double[] rgb(String css) {
        return Stream.of(css.replaceAll("[^0-9,]", "").split(","))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    /** WCAG 2.2, "contrast ratio". */
    private static double contrast(double[] one, double[] other) {
        double a = luminance(one);
        double b = luminance(other);
        return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    }

    private static double luminance(double[] rgb) {
        return .2126 * linear(rgb[0]) + .7152 * linear(rgb[1]) + .0722 * linear(rgb[2]);
    }

    private static double linear(double channel) {
        double share = channel / 255;
        return share <= .04045 ? share / 12.92 : Math.pow((share + .055) / 1.055, 2.4);
    }

    @Test
    void nothingJumpsWhileSomebodyAims() {
        browser.as(1280, 1500, false).go(page("#/nim/busy"));
        browser.until(() -> assertThat(browser.text(".headline")).startsWith("Scales up"));
        browser.until(
                () -> assertThat(browser.all(".figure:nth-of-type(2) .u-over")).hasSize(1));
        assertThat(browser.text(".readout")).startsWith("Now · Scaling up · ");
        browser.pointAt(".figure:nth-of-type(2) .u-over");
        browser.until(() -> assertThat(browser.text(".readout"))
                .matches("(?s)Under the pointer: \\d\\d:\\d\\d:\\d\\d · .*replicas.*"));
        Object before = top();
        browser.script("document.querySelector('.headline').textContent = 'What is said may grow. '.repeat(200)");
        assertThat(top()).isEqualTo(before);
        browser.pointAt("h1");
        browser.until(() -> assertThat(browser.text(".readout")).startsWith("Now · "));
    }

    private static Object top() {
        return browser.script(
                "return document.querySelector('.figure:nth-of-type(2) .plot').getBoundingClientRect().top");
    }

    @Test
    void manyPodsAreABandWithThoseThatAreFarFromIt() {
        browser.as(1280, 1500, false).go(page("#/nim/big"));
        String odd = "127.0.0." + FleetOfPages.ODD_OF_BIG + ":";
        browser.until(() -> {
            assertThat(browser.text(".figure:nth-of-type(1) .legend"))
                    .contains("highest 97 %", "lowest 40 %", "median 50 %", "target 70 %");
            assertThat(browser.all(".figure:nth-of-type(1) .legend li")).hasSizeLessThan(9);
            assertThat(browser.all(".figure:nth-of-type(1) .legend li[title^='" + odd + "']"))
                    .hasSize(1);
        });
        browser.screenshot("big-band");
        browser.all("th button.sort").get(2).click();
        assertThat(browser.text("[data-pod]")).startsWith(odd).contains("97 %", "139 % of target");
        browser.one(".pods input[type=search]").sendKeys("127.0.0.20");
        browser.until(() -> assertThat(pods())
                .startsWith("127.0.0.20")
                .contains("127.0.0.20:", "127.0.0.200:")
                .doesNotContain("127.0.0.21"));
        browser.one(".pods input[type=search]").sendKeys("9");
        assertThat(browser.text(".pods")).contains("No pod matches the filter.");
        browser.hasNothingToComplainOf();
    }

    private static String pods() {
        return browser.all("[data-pod] th").stream()
                .map(WebElement::getText)
                .sorted()
                .collect(Collectors.joining(" "));
    }

    /** The picture in the README and in page.md: {@code -Dpage.images=src/docs/images} makes it anew. */
    @Test
    void pictureForTheReadme() throws IOException {
        browser.as(1200, 800, false).go(page("#/nim/nim-llm"));
        browser.patiently(() -> {
            assertThat(browser.text(".headline")).startsWith("Keeps 4 replicas. 1 of 4 pods");
            assertThat(browser.all(".figure:nth-of-type(1) .legend li")).hasSize(4);
        });
        assertThat(browser.texts(".tile > .dim:first-child, h2, figcaption > :first-child"))
                .as("src/docs/images/page.png shows other words: make it anew, and change them here")
                .startsWith(ON_THE_PICTURE);
        byte[] picture = browser.picture();
        assertThat(picture).hasSizeLessThan(200_000);
        Path folder = Path.of(System.getProperty("page.images", "target/page"));
        Files.createDirectories(folder);
        Files.write(folder.resolve("page.png"), picture);
    }

    @Test
    void problemLeadsToThePodsRow() {
        browser.as(1280, 700, false).go(page("#/nim/half"));
        browser.until(() -> assertThat(browser.text(".problems"))
                .startsWith("1 pod of 4 without data")
                .contains("127.0.0.4"));
        browser.one(".problems button").click();
        assertThat((String) browser.script("return document.activeElement.getAttribute('data-pod')"))
                .startsWith("127.0.0.4");
    }

    @Test
    void changeInTheListLeadsToItsMoment() {
        browser.as(1280, 1500, false).go(page("#/nim/busy"));
        browser.until(() -> assertThat(browser.all(".transitions li")).hasSizeGreaterThan(1));
        browser.one(".transitions li:last-child .time").click();
        browser.until(() -> {
            assertThat(browser.text(".when")).startsWith("At ");
            assertThat(browser.text(".title-row .badge")).contains("Holding: data missing");
        });
        browser.screenshot("past");
    }
}
