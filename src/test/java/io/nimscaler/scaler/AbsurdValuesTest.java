package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.policy.Decision;
import io.nimscaler.poll.ScrapeResult.Scraped;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers that are finite and cannot be: for a moment all pods say one, and it leaves nothing behind. */
class AbsurdValuesTest extends ScalersFixture {

    private static final double MOST = Double.MAX_VALUE;

    private String absurd = "";

    private Scraped body(Instant began) {
        double seconds = Duration.between(began, now).toMillis() / 1000.0 + 100;
        String histogram = "time_to_first_token_seconds";
        List<SampleLine> body = new ArrayList<>();
        add(body, "x_load", Map.of(), 9);
        add(body, "gpu_cache_usage_perc", Map.of(), .5);
        add(body, "num_requests_running", Map.of(), 20);
        add(body, "num_requests_waiting", Map.of(), 5);
        if (absurd.equals("num_request_max")) {
            body.add(new SampleLine("num_request_max", Map.of(), Double.MIN_NORMAL, OptionalLong.empty()));
        }
        add(body, "x_total", Map.of(), seconds * 3);
        add(body, histogram + "_bucket", Map.of("le", "1"), 0);
        add(body, histogram + "_bucket", Map.of("le", absurd.equals("le") ? "" + MOST : "2"), seconds * 10);
        add(body, histogram + "_bucket", Map.of("le", "+Inf"), seconds * 10);
        add(body, histogram + "_sum", Map.of(), seconds * 15);
        return new Scraped(body);
    }

    private void add(List<SampleLine> body, String name, Map<String, String> labels, double value) {
        body.add(new SampleLine(name, labels, name.equals(absurd) ? MOST : value, OptionalLong.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "x_load, , x_load",
        "gpu_cache_usage_perc, , gpu_cache_usage_perc",
        "num_requests_waiting, , num_requests_waiting",
        "serving_load, , num_requests_running",
        "serving_load, , num_requests_waiting",
        "serving_load, , num_request_max",
        "rate(x_total), , x_total",
        "time_to_first_token_seconds, , time_to_first_token_seconds_bucket",
        "time_to_first_token_seconds, , time_to_first_token_seconds_sum",
        "time_to_first_token_seconds, 0.5, time_to_first_token_seconds_bucket",
        "time_to_first_token_seconds, 0.5, le"
    })
    void absurdValueIsNoSampleAndLeavesNothingBehind(String metric, String quantile, String series) {
        // Given
        Trigger trigger = quantile == null
                ? Triggers.with("metric", metric)
                : Triggers.with("metric", metric, "quantile", quantile);
        Instant began = now;
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        scraper.answers("1", _ -> body(began));
        scraper.answers("2", _ -> body(began));
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofMinutes(3));
        double usual = basis(trigger).demand().orElseThrow();

        // When
        absurd = series;
        pass(Duration.ofSeconds(6));
        absurd = "";

        // Then
        for (int second = 0; second < 180; second++) {
            pass(Duration.ofSeconds(1));
            assertThat(basis(trigger).demand().orElseThrow())
                    .as("after %d s", second)
                    .isCloseTo(usual, withinPercentage(10));
            assertThat(basis(trigger).windows().smoothed().orElseThrow()).isCloseTo(usual, withinPercentage(10));
        }
    }

    private Decision.Basis basis(Trigger of) {
        return snapshot(of).decision().basis();
    }
}
