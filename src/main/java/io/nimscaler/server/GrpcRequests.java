package io.nimscaler.server;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/** Finds gRPC requests, and refuses them in gRPC's way. */
final class GrpcRequests {

    private static final String TYPE = "application/grpc";

    private GrpcRequests() {}

    /**
     * A gRPC request is a POST over HTTP/2, of this type and to a method of a service (grpc: doc/PROTOCOL-HTTP2.md). What is less
     * does not pass for one.
     */
    static boolean isOne(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_2
                && request.method() == HttpMethod.POST
                && hasItsType(request)
                && isMethod(request.path());
    }

    /** {@code /package.Service/Method}; nothing else that the port serves has a dot in the first of two segments. */
    static boolean isMethod(String path) {
        int slashes = 0;
        int dots = 0;
        boolean wordBefore = false;
        for (int i = 0; i < path.length(); i++) {
            char at = path.charAt(i);
            boolean dot = at == '.' && slashes == 1;
            boolean slash = at == '/' && (i == 0 || slashes == 1 && dots > 0);
            if (!(dot || slash ? wordBefore || i == 0 : isOfWord(at) && i > 0)) {
                return false;
            }
            slashes += slash ? 1 : 0;
            dots += dot ? 1 : 0;
            wordBefore = !(dot || slash);
        }
        return slashes == 2 && wordBefore;
    }

    private static boolean isOfWord(char at) {
        return at >= 'a' && at <= 'z' || at >= 'A' && at <= 'Z' || at >= '0' && at <= '9' || at == '_';
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
