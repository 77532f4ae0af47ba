package io.nimscaler.scaler;

import io.nimscaler.policy.Scale;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.nimscaler.poll.Scraper;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A Deployment on paper ({@code maxSurge: 1}, {@code maxUnavailable: 0}): its pods take a while to start and share a load evenly
 * among those that are ready. All that it shows is of the moment that {@link #at} was last told.
 */
final class SimulatedFleet implements Pods, Scraper {

    private record Replica(String name, int revision, Instant madeAt, Instant readyAt) {

        boolean isReady(Instant now) {
            return !now.isBefore(readyAt);
        }
    }

    private final Duration startUp;
    private final List<Replica> replicas = new ArrayList<>();
    private final Set<String> silent = new HashSet<>();
    private Instant now;
    private int spec;
    private int revision;
    private int made;
    private double load;

    /** With its replicas ready for ever. */
    SimulatedFleet(int spec, Duration startUp, Instant now) {
        this.spec = spec;
        this.startUp = startUp;
        this.now = now;
        while (replicas.size() < spec) {
            replicas.add(new Replica(name(), revision, now.minus(Duration.ofDays(1)), now.minus(Duration.ofDays(1))));
        }
    }

    private String name() {
        return Integer.toString(++made);
    }

    int spec() {
        return spec;
    }

    void scaleTo(int replicasWanted) {
        spec = replicasWanted;
    }

    void load(double total) {
        load = total;
    }

    double load() {
        return load;
    }

    void rollOut() {
        revision++;
    }

    boolean isRolledOut() {
        return replicas.size() == spec && replicas.stream().allMatch(replica -> replica.revision() == revision);
    }

    /** The oldest pods, this many, do not answer. */
    void silence(int number) {
        silent.clear();
        replicas.stream().limit(number).map(Replica::name).forEach(silent::add);
    }

    Scale scale() {
        return new Scale(spec, replicas.size());
    }

    /** The Deployment's controller takes a step. */
    void at(Instant moment) {
        now = moment;
        boolean old = replicas.stream().anyMatch(replica -> replica.revision() != revision);
        while (replicas.size() < spec + (old ? 1 : 0)) {
            replicas.add(new Replica(name(), revision, now, now.plus(startUp)));
        }
        if (old && ready() > spec) {
            replicas.remove(replicas.stream()
                    .filter(replica -> replica.revision() != revision)
                    .findFirst()
                    .orElseThrow());
        }
        while (!old && replicas.size() > spec) {
            replicas.removeLast();
        }
    }

    private int ready() {
        return (int) replicas.stream().filter(replica -> replica.isReady(now)).count();
    }

    @Override
    public Observation observe(ScaledObjectId scaledObject, Optional<String> podSelector) {
        return new Observation.Known(
                scale(), ready(), replicas.stream().map(this::pod).toList());
    }

    private Pod pod(Replica replica) {
        return new Pod(
                replica.name(),
                replica.name(),
                Pod.Access.at(Optional.of("10.0.0." + replica.name()), Map.of()),
                replica.isReady(now)
                        ? Pod.Startup.ready(replica.madeAt(), replica.readyAt())
                        : Pod.Startup.starting(replica.madeAt()));
    }

    @Override
    public void scrape(ScrapeRequest request, Consumer<ScrapeResult> done) {
        boolean answers = replicas.stream()
                .filter(replica -> request.host().equals("10.0.0." + replica.name()))
                .anyMatch(replica -> replica.isReady(now) && !silent.contains(replica.name()));
        done.accept(
                answers
                        ? FakeScraper.kv(Math.min(1, load / ready()))
                        : new Failed(ScrapeFailure.CANNOT_CONNECT, "connection refused"));
    }
}
