package io.nimscaler.wake;

import io.nimscaler.poll.Scraper;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.TriggerCheck;
import io.nimscaler.trigger.TriggerKey;
import io.nimscaler.trigger.Violation;
import io.nimscaler.trigger.Waking;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The wake sources of the scaler's settings. Each is asked once, however many triggers name it, and only while one does.
 *
 * <p>{@link #check} may be called from any thread, the rest belongs to the owner's.
 */
public final class WakeSources implements TriggerCheck {

    private final Map<String, WakePoll> polls;

    /** None is due before; what is not due is not looked at. */
    private Instant due = Instant.MAX;

    public WakeSources(Collection<WakeSource> sources) {
        polls = sources.stream().collect(Collectors.toUnmodifiableMap(WakeSource::name, WakePoll::new));
    }

    /** Without any: a trigger that names one is wrong. */
    public static WakeSources none() {
        return new WakeSources(List.of());
    }

    /**
     * The same, or what is wrong with it: a name that there is not, or that this namespace may not use. Nobody can tell which
     * of the two it is.
     */
    @Override
    public ParsedTrigger check(String namespace, ParsedTrigger parsed) {
        return switch (parsed) {
            case ParsedTrigger.Invalid invalid -> invalid;
            case ParsedTrigger.Valid valid -> {
                List<Violation> violations =
                        violations(namespace, valid.trigger().waking());
                yield violations.isEmpty() ? valid : new ParsedTrigger.Invalid(violations);
            }
        };
    }

    /**
     * What the trigger's wake source means at this moment; from now on it is asked for a while.
     *
     * @param awakeFor how long demand keeps the scale target awake
     * @return empty: the trigger names none
     */
    public Optional<Wake> wake(String namespace, Trigger trigger, Duration awakeFor, Instant now) {
        return trigger.waking()
                .source()
                .map(name -> poll(namespace, name)
                        .map(poll -> wanted(poll, poll.wake(trigger.waking().modelName(), awakeFor, now), now))
                        .orElseGet(() -> noSource(name, namespace)));
    }

    private List<Violation> violations(String namespace, Waking waking) {
        if (waking.source().isEmpty() && waking.demandSource().isEmpty()) {
            return List.of();
        }
        return Stream.of(
                        waking.source()
                                .filter(name -> poll(namespace, name).isEmpty())
                                .map(name -> noSuchSource(TriggerKey.WAKE_SOURCE, name, namespace)),
                        waking.demandSource()
                                .filter(name -> poll(namespace, name).isEmpty())
                                .map(name -> noSuchSource(TriggerKey.DEMAND_SOURCE, name, namespace)),
                        waking.demandSource()
                                .filter(name -> poll(namespace, name)
                                        .filter(poll -> poll.source().metric().isCounter())
                                        .isPresent())
                                .map(name -> new Violation(
                                        TriggerKey.DEMAND_SOURCE.key(),
                                        Optional.of(name),
                                        "a source whose metric is a gauge: the requests that wait now",
                                        Optional.empty())))
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * What waits at the trigger's demand source at this moment; from now on it is asked for a while.
     *
     * @return empty: the trigger names none
     */
    public Optional<Wake> waitingAt(String namespace, Trigger trigger, Instant now) {
        return trigger.waking()
                .demandSource()
                .map(name -> poll(namespace, name)
                        .map(poll -> wanted(poll, poll.present(trigger.waking().modelName(), now), now))
                        .orElseGet(() -> noSource(name, namespace)));
    }

    private static Wake noSource(String name, String namespace) {
        return new Wake.Unknown(name, "namespace " + namespace + " may use no source of this name");
    }

    private static Violation noSuchSource(TriggerKey key, String name, String namespace) {
        return new Violation(
                key.key(),
                Optional.of(name),
                "one of nim-scaler.wake-sources that namespace " + namespace + " may use",
                Optional.empty());
    }

    /** Asks those that are due. */
    public void pollIfDue(Instant now, Scraper scraper) {
        if (now.isBefore(due)) {
            return;
        }
        try {
            polls.values().forEach(poll -> poll.pollIfDue(now, scraper));
        } finally {
            due = polls.values().stream()
                    .map(poll -> poll.due(now))
                    .min(Comparator.naturalOrder())
                    .orElse(Instant.MAX);
        }
    }

    /** It may be due before all others now. */
    private Wake wanted(WakePoll poll, Wake wake, Instant now) {
        Instant next = poll.due(now);
        due = next.isBefore(due) ? next : due;
        return wake;
    }

    private Optional<WakePoll> poll(String namespace, String name) {
        return Optional.ofNullable(polls.get(name)).filter(poll -> poll.source().isFor(namespace));
    }
}
