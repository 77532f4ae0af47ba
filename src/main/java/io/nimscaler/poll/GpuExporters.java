package io.nimscaler.poll;

import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.TriggerCheck;
import io.nimscaler.trigger.TriggerKey;
import io.nimscaler.trigger.Violation;
import java.util.List;
import java.util.Optional;

/**
 * Port: NVIDIA's DCGM exporters, one on each node. The operator's settings say where they are. A ScaledObject cannot name
 * another one.
 */
public interface GpuExporters extends TriggerCheck {

    /** What there is on a node. */
    sealed interface OnNode {

        record Exporter(GpuExporter exporter) implements OnNode {}

        record None(String why) implements OnNode {}
    }

    /** From memory: constant time, no I/O, from any thread. */
    OnNode on(String node);

    /** Whether the settings say where exporters are. */
    boolean areConfigured();

    /** Without exporters a trigger that wants to know of GPUs is wrong. */
    @Override
    default ParsedTrigger check(String namespace, ParsedTrigger parsed) {
        return parsed instanceof ParsedTrigger.Valid valid
                        && valid.trigger().signal().isOfGpus()
                        && !areConfigured()
                ? new ParsedTrigger.Invalid(List.of(new Violation(
                        TriggerKey.METRIC.key(),
                        Optional.of(valid.trigger().signal().name()),
                        "the scaler's setting nim-scaler.gpu-exporters.namespace beside it, for GPUs are read of DCGM's exporters",
                        Optional.empty())))
                : parsed;
    }

    /** No exporter anywhere. */
    static GpuExporters none() {
        return new GpuExporters() {
            @Override
            public OnNode on(String node) {
                return new OnNode.None("nim-scaler.gpu-exporters.namespace is not set");
            }

            @Override
            public boolean areConfigured() {
                return false;
            }
        };
    }
}
