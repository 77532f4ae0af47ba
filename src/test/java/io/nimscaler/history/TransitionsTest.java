package io.nimscaler.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.history.Transitions.Transition;
import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Policy;
import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.State;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TransitionsTest {

    private static final ScaledObjectId ID = new ScaledObjectId("ns", "llm");
    private static final double LOW = .65;
    private static final double HIGH = .95;

    private final Trigger trigger = Triggers.immediate();
    private final Policy policy = new Policy(trigger);
    private final Transitions transitions = new Transitions();
    private final Instant start = Instant.parse("2026-01-01T00:00:00Z");
    private final TriggerId id = TriggerId.of(decide(0, new Fleet.NotKnown("nothing said yet")));

    private Snapshot decide(long second, Fleet fleet) {
        return new Snapshot(ID, trigger, policy.decide(fleet, start.plusSeconds(second)), List.of());
    }

    private void at(long second, int replicas, double each) {
        Fleet fleet = new Fleet.Known(
                new Scale(replicas, replicas), replicas, Collections.nCopies(replicas, new PodReading.Sampled(each)));
        transitions.add(decide(second, fleet), Optional.empty());
    }

    private List<State> states() {
        return transitions.of(id).stream().map(Transition::state).toList();
    }

    private Optional<Instant> since(State state) {
        return transitions.since(id, state);
    }

    private Optional<Instant> second(long second) {
        return Optional.of(start.plusSeconds(second));
    }

    @Test
    void changesAreToldAndNothingElse() {
        at(1, 3, LOW);
        at(10, 3, LOW);
        at(20, 3, HIGH);
        at(30, 3, HIGH);
        assertThat(states()).containsExactly(State.NORMAL, State.SCALING_UP);
        assertThat(transitions.of(id).getLast().at()).isEqualTo(start.plusSeconds(20));
        assertThat(transitions.of(id).getLast().text()).startsWith("Scales up from 3 to 5 replicas.");
        assertThat(since(State.SCALING_UP)).isEqualTo(second(20));
        assertThat(since(State.NORMAL)).isEmpty();
    }

    @Test
    void otherReplicasAreNewsAndTheStateIsAsOldAsBefore() {
        at(1, 3, LOW);
        at(10, 4, LOW);
        assertThat(transitions.of(id))
                .extracting(Transition::replicas)
                .containsExactly(OptionalInt.of(3), OptionalInt.of(4));
        assertThat(since(State.NORMAL)).isEqualTo(second(1));
    }

    @Test
    void whatGoesBackAtOnceIsNoNews() {
        at(1, 3, LOW);
        at(10, 3, HIGH);
        at(12, 3, LOW);
        assertThat(states()).containsExactly(State.NORMAL);
        assertThat(since(State.NORMAL)).isEqualTo(second(1));
        at(20, 3, HIGH);
        at(25, 3, LOW);
        assertThat(states()).containsExactly(State.NORMAL, State.SCALING_UP, State.NORMAL);
        assertThat(since(State.NORMAL)).isEqualTo(second(25));
    }

    @Test
    void fewAreKeptAndTheStateStaysAsOldAsItIs() {
        for (int i = 0; i < 100; i++) {
            at(10 * i + 1, i % 2 + 3, LOW);
        }
        assertThat(transitions.of(id)).hasSize(Transitions.MOST);
        assertThat(since(State.NORMAL)).isEqualTo(second(1));
    }

    @Test
    void whatIsKeptGoesWithTheTrigger() {
        at(1, 3, LOW);
        transitions.retain(List.of());
        assertThat(transitions.of(id)).isEmpty();
        assertThat(since(State.NORMAL)).isEmpty();
    }

    @Test
    void unknownHasNoReplicas() {
        transitions.add(decide(1, new Fleet.NotKnown("the API server does not answer")), Optional.empty());
        assertThat(transitions.of(id).getLast().replicas()).isEmpty();
        assertThat(since(State.UNKNOWN)).isEqualTo(second(1));
    }
}
