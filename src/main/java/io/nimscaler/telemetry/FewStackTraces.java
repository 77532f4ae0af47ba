package io.nimscaler.telemetry;

import io.nimscaler.window.MinuteBudget;
import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

/**
 * Lets so many stack traces a minute into the log: one tells as much as a thousand, and a client that sends nonsense makes a
 * library write one for each frame. Lines without one pass.
 */
@LoggingFilter(name = "few-stack-traces")
public final class FewStackTraces implements Filter {

    static final int PER_MINUTE = 12;

    private final MinuteBudget budget = new MinuteBudget(PER_MINUTE);

    @Override
    public boolean isLoggable(LogRecord line) {
        if (line.getThrown() == null) {
            return true;
        }
        synchronized (budget) {
            return budget.take(line.getInstant());
        }
    }
}
