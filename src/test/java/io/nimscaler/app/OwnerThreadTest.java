package io.nimscaler.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.policy.Scale;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.scaler.Observation;
import io.nimscaler.scaler.Pods;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Scalers;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.wake.WakeSources;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is done at once, by a clock on which each ScaledObject takes 1 ms. */
class OwnerThreadTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final int OBJECTS = 100;

    private final Vertx vertx = OwnerThread.eventLoop();
    private final Set<String> decided = new HashSet<>();
    private Instant now = BEGIN;
    private String broken = "";

    private final Pods pods = new Pods() {
        @Override
        public Observation observe(ScaledObjectId id, Optional<String> podSelector) {
            now = now.plusMillis(1);
            if (id.name().equals(broken)) {
                throw new IllegalStateException("a bug");
            }
            return new Observation.Known(new Scale(0, 0), 0, List.of());
        }
    };

    private final Scalers scalers = new Scalers(
            pods,
            (_, _) -> {},
            WakeSources.none(),
            GpuExporters.none(),
            snapshot -> decided.add(snapshot.scaledObject().name()));

    private final OwnerThread owner = new OwnerThread(vertx, vertx.getOrCreateContext(), scalers, pods, () -> now);

    private void put(int objects) {
        for (int i = 0; i < objects; i++) {
            scalers.put(new ScaledObjectId("ns", "llm-" + i), List.of(Triggers.with()), false, BEGIN);
        }
    }

    @AfterEach
    void close() {
        vertx.close();
    }

    @Test
    void muchThatIsDueIsDoneInParts() {
        put(OBJECTS);

        long pause = owner.tick();

        assertThat(decided).hasSize(5);
        assertThat(pause).isEqualTo(1);
    }

    @Test
    void whatWasLeftComesFirst() {
        put(OBJECTS);

        for (int i = 0; i < OBJECTS / 5; i++) {
            owner.tick();
        }

        assertThat(decided).hasSize(OBJECTS);
    }

    @Test
    void waits50MsWhereNothingIsLeft() {
        assertThat(owner.tick()).isEqualTo(50);

        put(1);
        assertThat(owner.tick()).isEqualTo(50);
        assertThat(decided).hasSize(1);

        now = scalers.nextDue().minusMillis(2);
        assertThat(owner.tick()).isEqualTo(50);
    }

    /** It fails, and says so, 20 times a second, and not as often as the thread can. */
    @Test
    void oneThatFailsWaitsAndTheOthersDoNot() {
        broken = "llm-1";
        put(3);

        long pause = owner.tick();

        assertThat(decided).containsExactlyInAnyOrder("llm-0", "llm-2");
        assertThat(pause).isBetween(40L, 50L);
        now = now.plusMillis(50);
        assertThat(scalers.due(now)).extracting(ScaledObjectId::name).contains("llm-1");
    }
}
