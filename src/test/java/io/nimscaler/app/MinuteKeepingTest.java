package io.nimscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.nimscaler.history.KeptMinute;
import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Policy;
import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Keeping minutes never disturbs deciding. */
class MinuteKeepingTest {

    private static final ScaledObjectId ID = new ScaledObjectId("ns", "llm");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Trigger trigger = Triggers.immediate();
    private final Policy policy = new Policy(trigger);
    private final MinuteKeeping minutes = new MinuteKeeping();

    private Snapshot decision(int second) {
        Fleet fleet = new Fleet.Known(new Scale(1, 1), 1, List.of(new PodReading.Sampled(.5)));
        return new Snapshot(ID, trigger, policy.decide(fleet, START.plusSeconds(second)), List.of());
    }

    @Test
    void whatFailsThereCostsItsMinuteAndNoDecision() {
        List<KeptMinute> kept = new ArrayList<>();
        minutes.take(decision(0), Optional.empty(), kept::add);

        assertThatCode(() -> minutes.take(decision(60), Optional.empty(), _ -> {
                    throw new IllegalStateException("a bug");
                }))
                .doesNotThrowAnyException();
        minutes.take(decision(120), Optional.empty(), kept::add);

        assertThat(kept)
                .singleElement()
                .satisfies(one -> assertThat(one.minute().at()).isEqualTo(START.plusSeconds(60)));
    }
}
