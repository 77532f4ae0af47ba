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
        int slash = path.indexOf('/', 1);
        return slash > 1
                && path.charAt(0) == '/'
                && path.lastIndexOf('.', slash) > 0
                && areWords(path, 1, slash, true)
                && areWords(path, slash + 1, path.length(), false);
    }

    /** One word, or where {@code dotted} words with a dot between two of them. */
    private static boolean areWords(String path, int from, int to, boolean dotted) {
        boolean inWord = false;
        for (int i = from; i < to; i++) {
            boolean dot = dotted && path.charAt(i) == '.';
            if (dot ? !inWord : !isOfWord(path.charAt(i))) {
                return false;
            }
            inWord = !dot;
        }
        return inWord;
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
