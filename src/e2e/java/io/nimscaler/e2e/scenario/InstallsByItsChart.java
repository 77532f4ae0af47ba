package io.nimscaler.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.e2e.Chart;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import org.junit.jupiter.api.Test;

/** The Helm chart on a real API server. */
@Scenario
class InstallsByItsChart {

    @Test
    void andHelmTestFindsTheScalerReady(Story story) {
        story.scaler(1);
        Chart chart = new Chart(story);

        assertThat(chart.refused()).isEmpty();
        assertThat(chart.test()).contains("\"status\": \"UP\"");
    }
}
