package io.nimscaler.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

/** The page of a scaler that nobody uses yet. */
@QuarkusTest
@TestProfile(EmptyPageTest.Nothing.class)
class EmptyPageTest {

    public static final class Nothing implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("nim-scaler.kubernetes.enabled", "false");
        }

        @Override
        public boolean disableGlobalTestResources() {
            return true;
        }
    }

    @Test
    void saysWhatToDo() {
        try (Browser browser = Browser.open()) {
            browser.as(1280, 600, false)
                    .go("http://127.0.0.1:"
                            + ConfigProvider.getConfig().getValue("quarkus.http.test-port", String.class) + "/");
            browser.until(() -> {
                assertThat(browser.text("#contact")).isEqualTo("Live");
                assertThat(browser.text(".summary")).startsWith("No scale target yet. A ScaledObject shows up here");
            });
            browser.screenshot("empty");
            browser.hasNothingToComplainOf();
        }
    }
}
