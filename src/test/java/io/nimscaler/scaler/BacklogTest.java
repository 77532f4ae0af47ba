package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.signal.Signal;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** A latency over a window of 60 s, asked each second. */
class BacklogTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Signal LATENCY = Triggers.immediate(
                    "metric", "time_to_first_token_seconds", "quantile", "0.95", "targetValue", "1", "window", "60s")
            .signal();

    private final Backlog backlog = new Backlog(LATENCY);
    private Instant now = START;

    /** Seconds before now at which the load began. */
    private double goes(int seconds, DoubleUnaryOperator level) {
        Instant began = START;
        for (int second = 0; second < seconds; second++) {
            now = now.plusSeconds(1);
            began = backlog.beganAt(OptionalDouble.of(level.applyAsDouble(second)), now);
        }
        return Duration.between(began, now).toMillis() / 1000.0;
    }

    @Test
    void whatRisesIsOfTheWindowAndTheTimeThatItsRequestsTook() {
        assertThat(goes(30, second -> 10 + 10 * second)).isEqualTo(60 + 300);
    }

    @Test
    void whatStaysIsSeenNotToFallWithinAWindow() {
        assertThat(goes(62, _ -> 30)).isEqualTo(90);
        assertThat(goes(59, _ -> 30)).isEqualTo(149);
        assertThat(goes(2, _ -> 30)).isEqualTo(90);
    }

    @Test
    void whatFallsIsOfTheLoadFromWhichItFell() {
        goes(62, _ -> 100);
        assertThat(goes(200, second -> 100 - second / 2.0)).isEqualTo(160 + 200);
    }

    @Test
    void whatFallsSoSlowlyThatItWouldTakeLongIsNoQueueThatDrains() {
        goes(62, _ -> 100);
        assertThat(goes(600, second -> 100 - second / 20.0)).isLessThan(2 * 60 + 100);
    }

    @Test
    void whatRisesAgainIsAnotherLoad() {
        goes(62, _ -> 100);
        goes(100, second -> 100 - second / 2.0);
        assertThat(goes(1, _ -> 60)).isEqualTo(60 + 60);
    }

    @Test
    void whatIsNotKnownIsOfTheWindow() {
        goes(62, _ -> 100);
        assertThat(backlog.beganAt(OptionalDouble.empty(), now)).isEqualTo(now.minusSeconds(60));
    }

    @Test
    void whatAddsUpIsOfItsWindow() {
        Signal rate = Triggers.immediate("metric", "rate(tokens_total)", "targetValue", "1000", "window", "40s")
                .signal();
        assertThat(new Backlog(rate).beganAt(OptionalDouble.empty(), now)).isEqualTo(now.minusSeconds(40));
    }
}
