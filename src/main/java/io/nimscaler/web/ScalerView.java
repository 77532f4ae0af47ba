package io.nimscaler.web;

import io.nimscaler.trigger.Printable;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which process answers. Each replica of the scaler has its own memory.
 *
 * @param version of the scaler
 * @param replica the name of its pod or machine; null where it is not known
 */
@RegisterForReflection
record ScalerView(String version, @Nullable String replica) {

    /** Of an object of Kubernetes, and longer than any host's. */
    private static final int LONGEST = 253;

    static ScalerView of(String version, Optional<String> host) {
        return new ScalerView(
                version, host.map(name -> Printable.of(name, LONGEST)).orElse(null));
    }
}
