package io.nimscaler.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.Policy;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionRingTest {

    private static final ScaledObjectId ID = new ScaledObjectId("ns", "llm");
    private static final Trigger TRIGGER = Triggers.with();

    private static Snapshot at(int second) {
        Instant now = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(second);
        return new Snapshot(ID, TRIGGER, new Policy(TRIGGER).decide(new Fleet.NotKnown("x"), now), List.of());
    }

    @Test
    void keepsTheLatestOldestFirst() {
        DecisionRing ring = new DecisionRing(3);
        for (int i = 0; i < 10; i++) {
            ring.add(at(i));
        }
        assertThat(ring.of(ID, TRIGGER)).containsExactly(at(7), at(8), at(9));
    }

    @Test
    void capacityOfZeroKeepsNothing() {
        DecisionRing ring = new DecisionRing(0);
        ring.add(at(0));
        assertThat(ring.of(ID, TRIGGER)).isEmpty();
    }

    @Test
    void triggerThatIsGoneIsForgotten() {
        DecisionRing ring = new DecisionRing(3);
        ring.add(at(0));
        ring.retain(List.of());
        assertThat(ring.of(ID, TRIGGER)).isEmpty();
    }

    @Test
    void negativeCapacityIsRefused() {
        assertThatThrownBy(() -> new DecisionRing(-1)).hasMessageContaining("capacity = -1");
    }
}
