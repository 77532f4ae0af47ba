package io.nimscaler.signal;

import java.util.Collection;
import java.util.OptionalDouble;

/** A pod's value is what the pod says. A fleet's level is the mean. */
class MeanOfPods implements FleetSignal {

    @Override
    public OptionalDouble valueOf(PodValue pod) {
        return pod instanceof PodValue.Amount(double value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    @Override
    public OptionalDouble level(Collection<PodValue> fresh) {
        return fresh.stream().flatMapToDouble(pod -> valueOf(pod).stream()).average();
    }
}
