package io.nimscaler.telemetry;

import io.nimscaler.window.MinuteBudget;
import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

/**
 * Lets so many stack traces a minute into the log: one tells as much as a thousand, and a client that sends nonsense makes a
 * library write one for each frame. Lines without one pass; of the Kubernetes client's own, one a minute and without a trace.
 */
@LoggingFilter(name = "few-stack-traces")
public final class FewStackTraces implements Filter {

    static final int PER_MINUTE = 12;

    /** An API server that is away makes it write the same trace for each watch and each attempt. */
    private static final String KUBERNETES_CLIENT = "io.fabric8.";

    private final MinuteBudget budget = new MinuteBudget(PER_MINUTE);
    private final MinuteBudget ofKubernetesClient = new MinuteBudget(1);

    @Override
    public boolean isLoggable(LogRecord line) {
        String logger = line.getLoggerName();
        if (logger != null && logger.startsWith(KUBERNETES_CLIENT)) {
            line.setThrown(null);
            synchronized (ofKubernetesClient) {
                return ofKubernetesClient.take(line.getInstant());
            }
        }
        if (line.getThrown() == null) {
            return true;
        }
        synchronized (budget) {
            return budget.take(line.getInstant());
        }
    }
}
