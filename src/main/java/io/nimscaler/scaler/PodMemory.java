package io.nimscaler.scaler;

import io.nimscaler.policy.PodReading;
import io.nimscaler.scaler.PodStatus.Problem;
import io.nimscaler.signal.Measurement;
import io.nimscaler.signal.Sample;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** What is kept of one pod from scrape to scrape, and how it counts at a moment. */
final class PodMemory {

    private Pod pod;
    private boolean everReady;
    private Optional<Sample> sample = Optional.empty();
    private Optional<Problem> problem = Optional.empty();

    PodMemory(Pod pod) {
        this.pod = pod;
        this.everReady = pod.everReady();
    }

    /** The pod as it is described now. */
    void describe(Pod now, Trigger trigger) {
        pod = now;
        everReady |= now.everReady() || now.ready();
        if (now.number(trigger.port()).isEmpty()) {
            problem = Optional.of(new Problem(ScrapeFailure.NO_PORT, "no container port named " + trigger.port()));
        }
    }

    /** Where it is asked; empty while it has no address, or no container port of that name. */
    Optional<Endpoint> endpoint(Trigger trigger) {
        OptionalInt port = pod.number(trigger.port());
        return port.isEmpty()
                ? Optional.empty()
                : pod.address()
                        .map(host -> new Endpoint(pod.uid(), trigger.scheme(), host, port.getAsInt(), trigger.path()));
    }

    void take(ScrapeResult result, Trigger trigger, Instant askedAt) {
        switch (result) {
            case ScrapeResult.Failed(ScrapeFailure reason, String detail) ->
                problem = Optional.of(new Problem(reason, detail));
            case ScrapeResult.Scraped(var series) ->
                take(trigger.signal().measure(series, trigger.modelName(), askedAt));
        }
    }

    private void take(Measurement measurement) {
        switch (measurement) {
            case Measurement.Measured(Sample measured) -> {
                sample = Optional.of(measured);
                problem = Optional.empty();
            }
            case Measurement.NoMetric(String detail) ->
                problem = Optional.of(new Problem(ScrapeFailure.NO_METRIC, detail));
            case Measurement.BadValue(String detail) ->
                problem = Optional.of(new Problem(ScrapeFailure.BAD_VALUE, detail));
        }
    }

    /** Readiness, not the answer, decides between starting and missing. */
    PodReading reading(Trigger trigger, Instant now) {
        Duration staleAfter = trigger.staleAfter();
        Instant readySince = pod.readySince().orElse(pod.startingSince());
        boolean justReady =
                pod.ready() && sample.isEmpty() && readySince.plus(staleAfter).isAfter(now);
        if (!everReady || justReady) {
            return new PodReading.Starting(lengthFrom(pod.startingSince(), now), pod.unschedulable());
        }
        if (sample.isPresent() && sample.get().isFresh(now, staleAfter)) {
            return new PodReading.Sampled(sample.get().value());
        }
        Instant freshUntil = sample.map(Sample::readAt).orElse(readySince).plus(staleAfter);
        OptionalDouble last = sample.stream().mapToDouble(Sample::value).findFirst();
        return new PodReading.Missing(last, lengthFrom(freshUntil, now));
    }

    PodStatus status(PodReading reading) {
        PodState state = switch (reading) {
            case PodReading.Sampled _ -> PodState.SAMPLED;
            case PodReading.Missing _ -> PodState.MISSING;
            case PodReading.Starting _ -> PodState.STARTING;
        };
        return new PodStatus(pod.name(), pod.address(), state, sample, problem);
    }

    /** The wall clock of the cluster may be ahead of ours: no length is negative. */
    private static Duration lengthFrom(Instant since, Instant now) {
        return since.isAfter(now) ? Duration.ZERO : Duration.between(since, now);
    }
}
