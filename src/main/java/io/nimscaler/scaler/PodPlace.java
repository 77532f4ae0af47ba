package io.nimscaler.scaler;

import io.nimscaler.poll.Endpoint;
import io.nimscaler.poll.PodAuth;
import io.nimscaler.trigger.Reading;
import io.nimscaler.trigger.Trigger;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Where a pod is asked. It is made anew only if the pod or the reading is another than before, since it is looked up often. */
final class PodPlace {

    private Optional<Endpoint> endpoint = Optional.empty();
    private @Nullable Pod madeOf;
    private @Nullable Reading madeBy;

    /**
     * Empty while the pod has no address, no container port of that name, or is off limits, and where an exporter is asked instead. The
     * same object as long as it is the same place.
     */
    Optional<Endpoint> endpoint(Pod pod, Trigger trigger, String namespace) {
        if (madeOf != pod || madeBy != trigger.reading()) {
            Optional<Endpoint> now = made(pod, trigger, namespace);
            endpoint = now.equals(endpoint) ? endpoint : now;
            madeOf = pod;
            madeBy = trigger.reading();
        }
        return endpoint;
    }

    private static Optional<Endpoint> made(Pod pod, Trigger trigger, String namespace) {
        Reading reading = trigger.reading();
        OptionalInt port = pod.access().number(reading.port());
        return port.isEmpty()
                        || pod.access().offLimits().isPresent()
                        || trigger.signal().isOfGpus()
                ? Optional.empty()
                : pod.address()
                        .map(host -> new Endpoint(
                                pod.uid(),
                                reading.scheme(),
                                host,
                                port.getAsInt(),
                                reading.path(),
                                new PodAuth(namespace, reading.podAuth())));
    }
}
