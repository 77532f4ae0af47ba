package io.nimscaler.grpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** The one place that makes gRPC statuses. KEDA does not interpret the codes; people and its log do. */
final class StatusMapping {

    private StatusMapping() {}

    /** The trigger's metadata is wrong. */
    static StatusRuntimeException invalid(String text) {
        return Status.INVALID_ARGUMENT.withDescription(text).asRuntimeException();
    }

    /** Nothing can be said now; KEDA's fallback counts it. */
    static StatusRuntimeException unavailable(String text) {
        return Status.UNAVAILABLE.withDescription(text).asRuntimeException();
    }

    /** There is no such ScaledObject, for certain. */
    static StatusRuntimeException notFound(String text) {
        return Status.NOT_FOUND.withDescription(text).asRuntimeException();
    }

    /** Whether it may be otherwise in a moment, for a trigger that is new. */
    static boolean mayPass(StatusRuntimeException trouble) {
        return switch (trouble.getStatus().getCode()) {
            case UNAVAILABLE, NOT_FOUND -> true;
            default -> false;
        };
    }
}
