package io.nimscaler.history;

import io.nimscaler.scaler.Headline;
import io.nimscaler.scaler.ReplicaBounds;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.Standing;
import io.nimscaler.scaler.State;
import io.nimscaler.scaler.TriggerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What happened to each trigger, in words: a line for each change of its state or of its wanted replicas. The last few of each
 * trigger are kept.
 *
 * <p>One thread adds; any thread reads.
 */
public final class Transitions {

    /** Of one trigger. */
    static final int MOST = 30;

    /** A state that goes back after less than this was no news: load that lies on an edge would fill the list. */
    private static final Duration BRIEF = Duration.ofSeconds(5);

    /**
     * One change.
     *
     * @param replicas that are wanted; empty where that is not known
     * @param text the decision of that moment, in plain sentences
     */
    public record Transition(Instant at, State state, OptionalInt replicas, String text) {

        private boolean isSame(State other, OptionalInt otherReplicas) {
            return state == other && replicas.equals(otherReplicas);
        }
    }

    private record Story(List<Transition> transitions, Instant since) {

        Transition last() {
            return transitions.getLast();
        }
    }

    private final Map<TriggerId, Story> stories = new ConcurrentHashMap<>();

    /** Takes a decision into account. */
    public void add(Snapshot snapshot, Optional<ReplicaBounds> bounds) {
        State state = Standing.of(snapshot, bounds).state();
        OptionalInt replicas = snapshot.decision()
                .basis()
                .known()
                .map(basis -> OptionalInt.of(basis.scale().spec()))
                .orElse(OptionalInt.empty());
        Instant at = snapshot.decision().basis().at();
        stories.compute(TriggerId.of(snapshot), (_, story) -> {
            if (story != null && story.last().isSame(state, replicas)) {
                return story;
            }
            return next(story, state, replicas, at, Headline.of(snapshot, bounds));
        });
    }

    private static Story next(@Nullable Story story, State state, OptionalInt replicas, Instant at, String text) {
        List<Transition> transitions = story == null ? new ArrayList<>() : new ArrayList<>(story.transitions());
        if (wasBrief(transitions, state, replicas, at)) {
            transitions.removeLast();
            return new Story(List.copyOf(transitions), sinceOf(transitions));
        }
        transitions.add(new Transition(at, state, replicas, text));
        if (transitions.size() > MOST) {
            transitions.removeFirst();
        }
        Instant since = story != null && story.last().state() == state ? story.since() : at;
        return new Story(List.copyOf(transitions), since);
    }

    private static boolean wasBrief(List<Transition> transitions, State state, OptionalInt replicas, Instant at) {
        return transitions.size() > 1
                && transitions.get(transitions.size() - 2).isSame(state, replicas)
                && Duration.between(transitions.getLast().at(), at).compareTo(BRIEF) < 0;
    }

    /** The first of the last ones that have the same state. */
    private static Instant sinceOf(List<Transition> transitions) {
        int first = transitions.size() - 1;
        while (first > 0
                && transitions.get(first - 1).state() == transitions.get(first).state()) {
            first--;
        }
        return transitions.get(first).at();
    }

    /** Forgets all triggers but those of these snapshots. */
    public void retain(List<Snapshot> present) {
        stories.keySet().retainAll(TriggerId.of(present));
    }

    /** Those of one trigger, oldest first. */
    public List<Transition> of(TriggerId trigger) {
        Story story = stories.get(trigger);
        return story == null ? List.of() : story.transitions();
    }

    /** Since when a trigger has this state without a break; empty: it has another one. */
    public Optional<Instant> since(TriggerId trigger, State state) {
        return Optional.ofNullable(stories.get(trigger))
                .filter(story -> story.last().state() == state)
                .map(Story::since);
    }
}
