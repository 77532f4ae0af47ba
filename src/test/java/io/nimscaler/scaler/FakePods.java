package io.nimscaler.scaler;

import io.nimscaler.policy.Scale;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A cluster that holds what a test puts into it. */
final class FakePods implements Pods {

    private Observation observation = new Observation.NotKnown("nothing said yet");

    void has(int spec, Pod... pods) {
        has(new Scale(spec, pods.length), pods);
    }

    void has(Scale scale, Pod... pods) {
        observation = new Observation.Known(
                scale, (int) List.of(pods).stream().filter(Pod::ready).count(), List.of(pods));
    }

    void says(Observation other) {
        observation = other;
    }

    @Override
    public Observation observe(ScaledObjectId scaledObject, Optional<String> podSelector) {
        return observation;
    }

    /** Ready since a moment. */
    static Pod ready(String name, Instant since) {
        return new Pod(name, name, access(name), Pod.Startup.ready(since, since));
    }

    /** Scheduled at a moment, with an address, never ready. */
    static Pod starting(String name, Instant since) {
        return new Pod(name, name, access(name), Pod.Startup.starting(since));
    }

    /** Was ready, was started again, and has not been ready since. */
    static Pod restarting(String name, Instant since) {
        return new Pod(
                name,
                name,
                access(name),
                new Pod.Startup(
                        since,
                        false,
                        Optional.empty(),
                        true,
                        true,
                        Optional.of("exit code 137 (OOMKilled)"),
                        Optional.empty()));
    }

    /** Made at a moment, no node takes it. */
    static Pod unschedulable(String name, Instant since) {
        return new Pod(
                name,
                name,
                Pod.Access.at(Optional.empty(), Map.of()),
                new Pod.Startup(since, true, Optional.empty(), false, false));
    }

    /** Not ready any more. */
    static Pod unready(String name, Instant since) {
        return new Pod(name, name, access(name), new Pod.Startup(since, false, Optional.empty(), true, false));
    }

    private static Pod.Access access(String name) {
        return Pod.Access.at(Optional.of("10.0.0." + name), Map.of());
    }
}
