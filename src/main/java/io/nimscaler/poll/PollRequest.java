package io.nimscaler.poll;

import io.nimscaler.exposition.MetricNames;
import io.nimscaler.signal.EngineSleep;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/** What scalers together want of one endpoint. */
public record PollRequest(Duration interval, Set<String> names) {

    /** What was asked for is wanted for so long: scalers decide every second, and whoever was silent for this long is gone. */
    public static final Duration WANTED_FOR = Duration.ofSeconds(10);

    public static PollRequest of(Trigger trigger) {
        Set<String> names = new TreeSet<>(trigger.signal().seriesNames());
        trigger.signal().blindTo().ifPresent(other -> names.addAll(other.seriesNames()));
        if (!trigger.signal().isOfGpus()) {
            names.addAll(EngineSleep.SERIES_NAMES);
        }
        return new PollRequest(trigger.reading().pollInterval(), names);
    }

    public PollRequest and(PollRequest other) {
        Set<String> both = new TreeSet<>(names);
        both.addAll(other.names);
        return new PollRequest(interval.compareTo(other.interval) < 0 ? interval : other.interval, both);
    }

    MetricNames metricNames() {
        return MetricNames.of(names);
    }
}
