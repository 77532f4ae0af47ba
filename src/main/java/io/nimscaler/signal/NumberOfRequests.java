package io.nimscaler.signal;

import java.util.OptionalDouble;

/** Where a pod's value is a number of requests: each counts as one. */
final class NumberOfRequests extends MeanOfPods {

    @Override
    public OptionalDouble costOfRequest() {
        return OptionalDouble.of(1);
    }
}
