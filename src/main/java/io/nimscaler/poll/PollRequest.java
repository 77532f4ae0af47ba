package io.nimscaler.poll;

import io.nimscaler.exposition.MetricNames;
import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.AdmissionOfPod;
import io.nimscaler.signal.EngineSleep;
import io.nimscaler.signal.RequestTimes;
import io.nimscaler.signal.RequestsOfPod;
import io.nimscaler.signal.WaitingForRoom;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What all scalers together want from one endpoint.
 *
 * @param names of the series that they are after
 * @param beside of series that are kept where they are there, and that do not make a body the right one
 * @param seldom of series that are read beside once a minute only: there are many of them, and they say nothing that is urgent
 */
public record PollRequest(Duration interval, Set<String> names, Set<String> beside, Set<String> seldom) {

    /** What does not change takes a fifth of a tree's memory, and there is a request for each trigger. */
    public PollRequest {
        names = Set.copyOf(names);
        beside = Set.copyOf(beside);
        seldom = Set.copyOf(seldom);
    }

    /** None that are read seldom. */
    public PollRequest(Duration interval, Set<String> names, Set<String> beside) {
        this(interval, names, beside, Set.of());
    }

    /** Without any beside. */
    public PollRequest(Duration interval, Set<String> names) {
        this(interval, names, Set.of());
    }

    /** What was asked for is wanted for so long: scalers decide every second, so one that was silent for this long is gone. */
    public static final Duration WANTED_FOR = Duration.ofSeconds(10);

    public static PollRequest of(Trigger trigger) {
        Set<String> names = new TreeSet<>(trigger.signal().seriesNames());
        trigger.signal().blindTo().ifPresent(other -> names.addAll(other.seriesNames()));
        if (!trigger.signal().isOfGpus()) {
            names.addAll(EngineSleep.SERIES_NAMES);
        }
        Set<String> beside = new TreeSet<>();
        if (trigger.signal().blindTo().isPresent()) {
            beside.addAll(WaitingForRoom.SERIES_NAMES);
        }
        if (trigger.signal().isCutByRefusals()) {
            beside.addAll(AdmissionOfPod.SERIES_NAMES);
        }
        if (trigger.isIdlestFirst()) {
            beside.addAll(RequestsOfPod.SERIES_NAMES);
        }
        trigger.costedBeside().ifPresent(cost -> beside.addAll(cost.seriesNames()));
        Set<String> seldom = trigger.signal().isOfGpus() ? Set.of() : RequestTimes.SERIES_NAMES;
        return new PollRequest(trigger.reading().pollInterval(), names, beside, seldom);
    }

    /** The same, and these beside. */
    public PollRequest with(Set<String> others) {
        return new PollRequest(interval, names, union(beside, others), seldom);
    }

    public PollRequest and(PollRequest other) {
        return new PollRequest(
                interval.compareTo(other.interval) < 0 ? interval : other.interval,
                union(names, other.names),
                union(beside, other.beside),
                union(seldom, other.seldom));
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
        Set<String> both = new TreeSet<>(some);
        both.addAll(others);
        return both;
    }

    MetricNames metricNames() {
        return MetricNames.of(union(names, beside));
    }

    /** With what is read seldom. */
    MetricNames allMetricNames() {
        return MetricNames.of(union(union(names, beside), seldom));
    }

    /** Whether a body has any of what is looked for. */
    boolean isAnsweredBy(List<SampleLine> series) {
        for (SampleLine one : series) {
            if (names.contains(one.name()) || !(beside.contains(one.name()) || seldom.contains(one.name()))) {
                return true;
            }
        }
        return false;
    }
}
