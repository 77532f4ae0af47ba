package io.nimscaler.telemetry;

import io.netty.handler.codec.http2.Http2Exception;
import io.nimscaler.window.MinuteBudget;
import io.quarkus.logging.LoggingFilter;
import io.vertx.core.VertxException;
import java.io.IOException;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * Lets only some stack traces a minute into the log. One is as useful as a thousand, and a client that sends invalid frames
 * makes a library write one for each frame. Lines without a stack trace pass. Of the Kubernetes client's own lines, and of lines
 * on invalid requests and on answers that a client gave up, one a minute passes, without its stack trace.
 */
@LoggingFilter(name = "few-stack-traces")
public final class FewStackTraces implements Filter {

    static final int PER_MINUTE = 12;

    /** An API server that is away makes it write the same trace for each watch and each attempt. */
    private static final String KUBERNETES_CLIENT = "io.fabric8.";

    /** Where what fails before it gets as far as any code of ours ends: a request without a Host, for instance. It has its answer. */
    private static final String HTTP_SERVER = "io.quarkus.vertx.http.runtime.QuarkusErrorHandler";

    /** It says so where a client gives up an answer before its error is written. */
    private static final String ROUTER = "io.vertx.ext.web.RoutingContext";

    private final MinuteBudget budget = new MinuteBudget(PER_MINUTE);
    private final MinuteBudget ofKubernetesClient = new MinuteBudget(1);
    private final MinuteBudget ofRequests = new MinuteBudget(1);

    @Override
    public boolean isLoggable(LogRecord line) {
        String logger = line.getLoggerName();
        if (logger != null && logger.startsWith(KUBERNETES_CLIENT)) {
            return mayBeSaidWithoutATrace(line, ofKubernetesClient);
        }
        if (isOfAClient(logger, line.getThrown())) {
            return mayBeSaidWithoutATrace(line, ofRequests);
        }
        return line.getThrown() == null || take(budget, line);
    }

    /** An invalid request, or an answer that its client gave up or did not take; not what our own code throws. */
    private static boolean isOfAClient(@Nullable String logger, @Nullable Throwable thrown) {
        boolean ofConnection =
                thrown instanceof VertxException || thrown instanceof IOException || thrown instanceof Http2Exception;
        return (HTTP_SERVER.equals(logger) && ofConnection)
                || (ROUTER.equals(logger) && (ofConnection || thrown instanceof IllegalStateException));
    }

    private static boolean mayBeSaidWithoutATrace(LogRecord line, MinuteBudget from) {
        line.setThrown(null);
        return take(from, line);
    }

    private static boolean take(MinuteBudget from, LogRecord line) {
        synchronized (from) {
            return from.take(line.getInstant());
        }
    }
}
