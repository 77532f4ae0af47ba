package io.nimscaler.telemetry;

import io.nimscaler.window.MinuteBudget;
import io.quarkus.logging.LoggingFilter;
import io.vertx.core.VertxException;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

/**
 * Lets only some stack traces a minute into the log. One is as useful as a thousand, and a client that sends invalid frames
 * makes a library write one for each frame. Lines without a stack trace pass. Of the Kubernetes client's own lines, and of lines
 * on invalid requests, one a minute passes, without its stack trace.
 */
@LoggingFilter(name = "few-stack-traces")
public final class FewStackTraces implements Filter {

    static final int PER_MINUTE = 12;

    /** An API server that is away makes it write the same trace for each watch and each attempt. */
    private static final String KUBERNETES_CLIENT = "io.fabric8.";

    /** Where what fails before it gets as far as any code of ours ends: a request without a Host, for instance. It has its answer. */
    private static final String HTTP_SERVER = "io.quarkus.vertx.http.runtime.QuarkusErrorHandler";

    private final MinuteBudget budget = new MinuteBudget(PER_MINUTE);
    private final MinuteBudget ofKubernetesClient = new MinuteBudget(1);
    private final MinuteBudget ofRequests = new MinuteBudget(1);

    @Override
    public boolean isLoggable(LogRecord line) {
        String logger = line.getLoggerName();
        if (logger != null && logger.startsWith(KUBERNETES_CLIENT)) {
            return mayBeSaidWithoutATrace(line, ofKubernetesClient);
        }
        if (HTTP_SERVER.equals(logger) && line.getThrown() instanceof VertxException) {
            return mayBeSaidWithoutATrace(line, ofRequests);
        }
        return line.getThrown() == null || take(budget, line);
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
