package io.nimscaler.scrape;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nimscaler.exposition.ReadLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScrapeSettingsTest {

    @Test
    void aDeadlineMustBePossible() {
        assertThatThrownBy(() -> new ScrapeSettings(Duration.ZERO, Duration.ofMinutes(5), ReadLimits.DEFAULT))
                .hasMessage("timeout = PT0S, must be in [PT0.001S, PT1H]");
    }

    @Test
    void keepAliveIsNotForEver() {
        assertThatThrownBy(() -> new ScrapeSettings(Duration.ofSeconds(5), Duration.ZERO, ReadLimits.DEFAULT))
                .hasMessage("keep-alive = PT0S, must be in [PT1S, PT1H]");
    }
}
