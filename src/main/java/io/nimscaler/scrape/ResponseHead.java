package io.nimscaler.scrape;

import static io.nimscaler.poll.ScrapeFailure.MALFORMED;
import static io.nimscaler.poll.ScrapeFailure.NOT_FOUND;
import static io.nimscaler.poll.ScrapeFailure.REDIRECT;
import static io.nimscaler.poll.ScrapeFailure.STATUS;

import io.nimscaler.exposition.BodyFormat;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.nimscaler.trigger.Printable;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.util.Optional;

/** What status and headers decide. */
final class ResponseHead {

    private ResponseHead() {}

    /** Why the body is not worth reading, if so. */
    static Optional<Failed> refusal(HttpClientResponse response) {
        if (response.statusCode() != 200) {
            return Optional.of(new Failed(
                    reasonOf(response.statusCode()),
                    "expected status 200, got " + response.statusCode() + hint(response)));
        }
        String type = contentType(response);
        if (type.regionMatches(true, 0, "text/html", 0, "text/html".length())) {
            return Optional.of(new Failed(MALFORMED, "expected Prometheus text, got HTML"));
        }
        return encoding(response, HttpHeaders.CONTENT_ENCODING, "content", "identity")
                .or(() -> encoding(response, HttpHeaders.TRANSFER_ENCODING, "transfer", "chunked"));
    }

    static BodyFormat formatOf(HttpClientResponse response) {
        return BodyFormat.of(contentType(response));
    }

    private static String contentType(HttpClientResponse response) {
        String contentType = response.getHeader(HttpHeaders.CONTENT_TYPE);
        return contentType == null ? "" : contentType;
    }

    /** Whether a complete body can be told from one that was cut by the end of the connection. */
    static boolean saysWhereBodyEnds(HttpClientResponse response) {
        return response.headers().contains(HttpHeaders.CONTENT_LENGTH)
                || response.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }

    /** What to set. A redirect is not followed; where it leads to is what {@code path} may have to be. A query may hold a secret. */
    private static String hint(HttpClientResponse response) {
        int status = response.statusCode();
        if (status == 401 || status == 403) {
            return " (podAuth sets its token)";
        }
        String location = response.getHeader(HttpHeaders.LOCATION);
        return reasonOf(status) == REDIRECT && location != null
                ? " (a redirect to " + Printable.of(location.split("[?#]", 2)[0], Failures.LONGEST)
                        + ", which is not followed: correct path or scheme)"
                : "";
    }

    private static ScrapeFailure reasonOf(int status) {
        if (status == 404) {
            return NOT_FOUND;
        }
        return status >= 300 && status < 400 ? REDIRECT : STATUS;
    }

    /** The scaler offers no compression. A server that compresses did not read the request's headers, so its body is not read. */
    private static Optional<Failed> encoding(
            HttpClientResponse response, CharSequence header, String kind, String harmless) {
        if (!response.headers().contains(header)) {
            return Optional.empty();
        }
        return response.headers().getAll(header).stream()
                .filter(value -> !value.equalsIgnoreCase(harmless))
                .map(value -> new Failed(
                        MALFORMED, kind + " encoding " + Printable.of(value, Failures.LONGEST) + " was not asked for"))
                .findFirst();
    }
}
