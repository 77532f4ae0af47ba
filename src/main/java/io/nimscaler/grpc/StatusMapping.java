package io.nimscaler.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * The only place that makes gRPC statuses. KEDA does not interpret the codes. People read them in KEDA's log.
 *
 * <p>A text is sent in a header, where it is escaped. A client refuses headers of more than 8 kB (grpc-java's default) with an
 * error that says nothing about the cause. So the text is cut, and so are the names of the call in it.
 */
final class StatusMapping {

    private static final int MOST_ESCAPED_BYTES = 4_096;

    private StatusMapping() {}

    /** The trigger's metadata is wrong. */
    static StatusRuntimeException invalid(String text) {
        return Status.INVALID_ARGUMENT.withDescription(fit(text)).asRuntimeException();
    }

    /** Nothing can be said now; KEDA's fallback counts it. */
    static StatusRuntimeException unavailable(String text) {
        return Status.UNAVAILABLE.withDescription(fit(text)).asRuntimeException();
    }

    /** There is no such ScaledObject, for certain. */
    static StatusRuntimeException notFound(String text) {
        return Status.NOT_FOUND.withDescription(fit(text)).asRuntimeException();
    }

    /** Cut where its escaped form (grpc: doc/PROTOCOL-HTTP2.md, Percent-Encoded) would get too long. */
    private static String fit(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
            int c = text.codePointAt(i);
            bytes += c >= ' ' && c <= '~' && c != '%'
                    ? 1
                    : 3 * Character.toString(c).getBytes(UTF_8).length;
            if (bytes > MOST_ESCAPED_BYTES) {
                return text.substring(0, i) + "...";
            }
        }
        return text;
    }

    /** Whether it may be otherwise in a moment, for a trigger that is new. */
    static boolean mayPass(StatusRuntimeException trouble) {
        return switch (trouble.getStatus().getCode()) {
            case UNAVAILABLE, NOT_FOUND -> true;
            default -> false;
        };
    }
}
