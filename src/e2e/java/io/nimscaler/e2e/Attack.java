package io.nimscaler.e2e;

import io.nimscaler.grpc.proto.ScaledObjectRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One thing that somebody may do to a scaler. */
interface Attack extends AutoCloseable {

    /** Whom KEDA asks for meanwhile, where the scaler has static targets. */
    ScaledObjectRef GOOD = ScaledObjectRef.newBuilder()
            .setNamespace("ns")
            .setName("llm")
            .putScalerMetadata("targetValue", "0.70")
            .putScalerMetadata("port", Integer.toString(StubPods.PORT))
            .build();

    /** Whom KEDA asks for meanwhile. */
    default ScaledObjectRef asked() {
        return GOOD;
    }

    /** The settings of a scaler with one good pod. */
    default List<String> settings(Path folder) throws IOException {
        return target("llm", StubPods.PORT, 1);
    }

    /** Whose certificate the scaler has; empty: it speaks plain. */
    default Optional<Path> authority(Path folder) {
        return Optional.empty();
    }

    /** Does it, and says what else was seen. */
    String on(Victim victim) throws Exception;

    @Override
    default void close() throws IOException {}

    /** Of a scale target that is always there, with so many pods on this port. */
    static List<String> target(String name, int port, int pods) {
        String target = "nim-scaler.static-targets." + name + ".";
        return List.of(
                target + "namespace=ns",
                target + "addresses=" + StubPods.addresses(pods),
                target + "metadata.targetValue=0.70",
                target + "metadata.port=" + port);
    }
}
