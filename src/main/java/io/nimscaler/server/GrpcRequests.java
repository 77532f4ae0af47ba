package io.nimscaler.server;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.regex.Pattern;

/** Finds gRPC requests, and refuses them in gRPC's way. */
final class GrpcRequests {

    private static final String TYPE = "application/grpc";

    /** {@code /package.Service/Method}; nothing else that the port serves has a dot in the first of two segments. */
    private static final Pattern METHOD = Pattern.compile("/\\w+(\\.\\w+)+/\\w+");

    private GrpcRequests() {}

    /**
     * A gRPC request is a POST over HTTP/2, of this type and to a method of a service (grpc: doc/PROTOCOL-HTTP2.md). What is less
     * does not pass for one.
     */
    static boolean isOne(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_2
                && request.method() == HttpMethod.POST
                && hasItsType(request)
                && METHOD.matcher(request.path()).matches();
    }

    /** Whether it gives itself out for one. */
    static boolean hasItsType(HttpServerRequest request) {
        String contentType = request.getHeader("content-type");
        return contentType != null && contentType.startsWith(TYPE);
    }

    /**
     * A gRPC client reads a status of its own protocol from the headers; the text of an HTTP status it would not show.
     *
     * @param status as the protocol numbers it (grpc: doc/statuscodes.md)
     * @param message printable ASCII without a percent sign
     */
    static void refuse(HttpServerResponse response, int status, String message) {
        response.putHeader("content-type", TYPE)
                .putHeader("grpc-status", Integer.toString(status))
                .putHeader("grpc-message", message)
                .end();
    }
}
