package io.nimscaler.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a decision and the answers that it is made of allocate. No time: that is the machine's. The bounds are just above what it is
 * where nothing is compiled ({@code -Xint}), which is the same each time. Compiled code makes less, and how much less differs.
 */
class CoreCostTest {

    private static final Path BODY = Path.of("src/test/resources/exposition/vllm-0.32.0-saturated.prom");
    private static final double BYTES_OF_A_DECISION = 25_000;
    private static final double BYTES_OF_A_POD_MORE = 8_200;

    /** With one answer for every two decisions, as with the default {@code pollInterval}. */
    @ParameterizedTest
    @ValueSource(ints = {1, 10})
    void whatADecisionAllocatesIsBounded(int pods) throws IOException {
        CoreCost.Cost cost = new CoreCost(20, pods, Map.of("metric", "serving_load", "targetValue", "0.80"), BODY)
                .of(Duration.ofSeconds(10));

        assertThat(cost.answersPerDecision()).isBetween(pods * 0.4, pods * 0.6);
        assertThat(cost.bytesPerDecision()).isLessThan(BYTES_OF_A_DECISION + (pods - 1) * BYTES_OF_A_POD_MORE);
    }
}
