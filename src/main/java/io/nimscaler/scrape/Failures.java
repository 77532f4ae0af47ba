package io.nimscaler.scrape;

import static io.nimscaler.poll.ScrapeFailure.CANNOT_CONNECT;
import static io.nimscaler.poll.ScrapeFailure.CONNECTION_LOST;
import static io.nimscaler.poll.ScrapeFailure.NOT_HTTP;
import static io.nimscaler.poll.ScrapeFailure.TLS;
import static io.nimscaler.poll.ScrapeFailure.TOO_LARGE;

import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.nimscaler.trigger.Printable;
import io.vertx.core.http.HttpClosedException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** What the exceptions of Vert.x and Netty mean. */
final class Failures {

    /** Of what others wrote. */
    static final int LONGEST = 120;

    /** A sidecar that takes mutual TLS only resets what comes in plain, and says no more (istio/istio#27328). */
    private static final String WANTS_TLS =
            "; a port that takes TLS only does that: scheme https, or in a mesh the sidecar's own port for metrics";

    private Failures() {}

    /** The connection closed or was reset, and said nothing before. */
    static boolean isClosed(Throwable cause) {
        return cause instanceof HttpClosedException
                || cause instanceof IOException && tls(cause).isEmpty();
    }

    static Failed whileConnecting(Throwable cause) {
        return tls(cause).orElseGet(() -> new Failed(CANNOT_CONNECT, connectDetail(cause)));
    }

    /** @param when such as {@code before the response} */
    static Failed whileExchanging(Throwable cause, String when) {
        return tls(cause).orElseGet(() -> switch (cause) {
            case HttpClosedException _ -> new Failed(CONNECTION_LOST, "connection closed " + when);
            case PrematureChannelClosureException _ ->
                new Failed(CONNECTION_LOST, "connection closed within the headers");
            case IOException _ -> new Failed(CONNECTION_LOST, "connection reset " + when + WANTS_TLS);
            case TooLongHttpHeaderException _ ->
                new Failed(TOO_LARGE, "expected headers of at most " + PodClients.HEADER_BYTES + " bytes, got more");
            default -> new Failed(NOT_HTTP, "expected HTTP/1.1, got something else " + when);
        });
    }

    /** The kernel's words, which differ between the JDK's and Netty's transports in what stands around them. */
    private static String connectDetail(Throwable cause) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (cause instanceof TimeoutException || message.contains("timed out")) {
            return "connect timed out";
        }
        for (String known : new String[] {"connection refused", "no route to host", "network is unreachable"}) {
            if (message.contains(known)) {
                return known;
            }
        }
        return "no connection: " + Printable.of(message, LONGEST);
    }

    /** The innermost reason is the one that names the certificate. Netty quotes what came instead of TLS; we do not. */
    private static Optional<Failed> tls(Throwable thrown) {
        boolean tls = false;
        String detail = "";
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            tls |= cause instanceof SSLException || cause instanceof GeneralSecurityException;
            if (cause instanceof NotSslRecordException) {
                return Optional.of(new Failed(TLS, "expected TLS, got something else"));
            }
            if (cause.getMessage() != null) {
                detail = cause.getMessage();
            }
        }
        return tls ? Optional.of(new Failed(TLS, Printable.of(detail, LONGEST))) : Optional.empty();
    }
}
