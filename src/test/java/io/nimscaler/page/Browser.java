package io.nimscaler.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A real browser without a window; tests are skipped where none is installed. Screenshots are in {@code target/page}. */
final class Browser implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Path SCREENSHOTS = Path.of("target", "page");
    private static final int PHONE_WIDTH = 500;

    private final Path profile;
    private final ChromeDriver driver;

    private Browser(Path profile, ChromeDriver driver) {
        this.profile = profile;
        this.driver = driver;
    }

    static Browser open() {
        Path chromium = Path.of("/usr/bin/chromium");
        Path chromedriver = Path.of("/usr/bin/chromedriver");
        assumeTrue(
                Files.isExecutable(chromium) && Files.isExecutable(chromedriver),
                "the page is tested in /usr/bin/chromium by /usr/bin/chromedriver; install both");
        try {
            Files.createDirectories(SCREENSHOTS);
            Path profile = Files.createTempDirectory("page-test");
            ChromeDriverService service = new ChromeDriverService.Builder()
                    .usingDriverExecutable(chromedriver.toFile())
                    .usingAnyFreePort()
                    .build();
            return new Browser(profile, new ChromeDriver(service, options(chromium, profile)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ChromeOptions options(Path chromium, Path profile) {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--user-data-dir=" + profile);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        return options;
    }

    /** What the next pages look like; below 500 pixels of width it is a phone. */
    Browser as(int width, int height, boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < PHONE_WIDTH));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
        return this;
    }

    /** A fresh page, even where the address differs in its fragment only. */
    void go(String url) {
        driver.get("about:blank");
        logs();
        driver.get(url);
    }

    /** The visible text of the first that matches. */
    String text(String css) {
        return driver.findElement(By.cssSelector(css)).getText();
    }

    /** The visible texts of all that match, in the order of the page. */
    List<String> texts(String css) {
        return all(css).stream().map(WebElement::getText).toList();
    }

    List<WebElement> all(String css) {
        return driver.findElements(By.cssSelector(css));
    }

    WebElement one(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    Object script(String javaScript) {
        return ((JavascriptExecutor) driver).executeScript(javaScript);
    }

    /** What axe-core finds wrong with the page as it is shown now, a line for each rule. */
    List<String> accessibilityViolations() {
        try (InputStream axe = Browser.class.getResourceAsStream("/axe.min.js")) {
            driver.executeScript(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        driver.manage().timeouts().scriptTimeout(PATIENCE);
        Object found = driver.executeAsyncScript("const done = arguments[arguments.length - 1];"
                + "axe.run(document, {resultTypes: ['violations']}).then("
                + "(result) => done(result.violations.map((rule) => rule.id + ': '"
                + " + rule.nodes.slice(0, 3).map((node) => node.target.join(' ') + ' ' + node.failureSummary).join(' | '))),"
                + "(error) => done(['axe failed: ' + error]));");
        return ((List<?>) found).stream().map(String::valueOf).toList();
    }

    /** Puts the pointer into the middle of the first that matches. */
    void pointAt(String css) {
        new Actions(driver).moveToElement(one(css)).perform();
    }

    String url() {
        return driver.getCurrentUrl();
    }

    void until(ThrowingRunnable assertion) {
        until(PATIENCE, assertion);
    }

    /** For what takes its time. */
    void patiently(ThrowingRunnable assertion) {
        until(PATIENCE.multipliedBy(3), assertion);
    }

    private static void until(Duration patience, ThrowingRunnable assertion) {
        await().atMost(patience)
                .ignoreExceptionsMatching(e -> e instanceof StaleElementReferenceException
                        || e instanceof org.openqa.selenium.NoSuchElementException)
                .untilAsserted(assertion);
    }

    /** Nothing is wider than the window. */
    void fits() {
        assertThat(script("return document.documentElement.scrollWidth"))
                .as("width of the page")
                .isEqualTo(script("return innerWidth"));
    }

    /** No script failed, and nothing was refused by the content security policy. */
    void hasNothingToComplainOf() {
        assertThat(logs()).extracting(LogEntry::getMessage).isEmpty();
    }

    private List<LogEntry> logs() {
        return driver.manage().logs().get(LogType.BROWSER).getAll();
    }

    /** What is shown now, as a PNG. */
    byte[] picture() {
        return driver.getScreenshotAs(OutputType.BYTES);
    }

    void screenshot(String name) {
        try {
            Files.write(SCREENSHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        driver.quit();
        try (Stream<Path> files = Files.walk(profile)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
