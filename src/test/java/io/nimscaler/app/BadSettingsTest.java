package io.nimscaler.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.test.junit.main.Launch;
import io.quarkus.test.junit.main.LaunchResult;
import io.quarkus.test.junit.main.QuarkusMainTest;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an operator sees who starts it with settings that are wrong. */
@QuarkusMainTest
@TestProfile(BadSettingsTest.Wrong.class)
class BadSettingsTest {

    public static final class Wrong implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "nim-scaler.scrape.timeout", "abc",
                    "nim-scaler.scrape.max-body-size", "5G",
                    "nim-scaler.kubernetes.scale-refresh", "0s",
                    "nim-scaler.grpc.tls.key", "/no/where.key",
                    "nim-scaler.wake-sources.gateway.metric", "queue_size",
                    "nim-scaler.scrape.timeouts", "3s");
        }
    }

    @Test
    @Launch(
            value = {},
            exitCode = 1)
    void allOfThemAreNamedWithoutAStackTrace(LaunchResult result) {
        assertThat(result.getErrorOutput().lines().toList())
                .containsSubsequence(
                        "cannot start, 6 settings are wrong:",
                        "nim-scaler.grpc.tls.certificate: expected it together with nim-scaler.grpc.tls.key",
                        "nim-scaler.scrape.timeout = \"abc\": expected a duration from 1ms to 1h",
                        "nim-scaler.scrape.max-body-size = \"5G\": expected a size from 1 to 1G",
                        "nim-scaler.wake-sources.gateway.url: expected an http or https URL with a path, such as"
                                + " http://gateway.llm:9090/metrics",
                        "nim-scaler.wake-sources.gateway.namespaces: expected names of namespaces, or *",
                        "nim-scaler.kubernetes.scale-refresh = \"0s\": expected a duration from 1s to 10m");
        assertThat(result.getOutput() + result.getErrorOutput())
                .contains("nim-scaler.scrape.timeouts: expected a known setting; did you mean"
                        + " nim-scaler.scrape.timeout?")
                .doesNotContain("\tat ", "Exception");
    }
}
