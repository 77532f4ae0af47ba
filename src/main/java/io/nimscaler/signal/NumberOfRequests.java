package io.nimscaler.signal;

import java.util.OptionalDouble;

/** A pod's value is a number of requests. Each counts as one. */
final class NumberOfRequests extends MeanOfPods {

    @Override
    public OptionalDouble costOfRequest() {
        return OptionalDouble.of(1);
    }
}
