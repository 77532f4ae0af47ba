package io.nimscaler.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.vertx.core.VertxException;
import java.nio.channels.ClosedChannelException;
import java.time.Instant;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FewStackTracesTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final FewStackTraces filter = new FewStackTraces();

    private static LogRecord line(Instant at) {
        LogRecord line = new LogRecord(Level.SEVERE, "oh");
        line.setInstant(at);
        return line;
    }

    private static LogRecord trace(Instant at) {
        LogRecord line = line(at);
        line.setThrown(new IllegalStateException());
        return line;
    }

    @Test
    void kubernetesClientSaysOneLineAMinuteWithoutATrace() {
        for (int i = 0; i < 120; i++) {
            LogRecord line = trace(NOW.plusSeconds(i));
            line.setLoggerName("io.fabric8.kubernetes.client.informers.impl.cache.Reflector");
            assertThat(filter.isLoggable(line)).isEqualTo(i % 60 == 0);
            assertThat(line.getThrown()).isNull();
        }
    }

    /** Whoever sends requests without a Host must not fill the log, nor hide the traces of others. */
    @Test
    void requestsThatAreNoneAreOneLineAMinuteWithoutATrace() {
        for (int i = 0; i < 120; i++) {
            LogRecord line = line(NOW.plusSeconds(i));
            line.setThrown(new VertxException("For HTTP/1.x requests, the 'Host' header is required", true));
            line.setLoggerName("io.quarkus.vertx.http.runtime.QuarkusErrorHandler");
            assertThat(filter.isLoggable(line)).isEqualTo(i % 60 == 0);
            assertThat(line.getThrown()).isNull();
        }
        assertThat(filter.isLoggable(trace(NOW.plusSeconds(120)))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"io.quarkus.vertx.http.runtime.QuarkusErrorHandler", "io.vertx.ext.web.RoutingContext"})
    void answersThatAreGivenUpAreOneLineAMinuteWithoutATrace(String logger) {
        List<Throwable> thrown = List.of(
                new ClosedChannelException(), Http2Exception.streamError(1, Http2Error.STREAM_CLOSED, "closed"));
        for (int i = 0; i < 120; i++) {
            LogRecord line = line(NOW.plusSeconds(i));
            line.setThrown(thrown.get(i % 2));
            line.setLoggerName(logger);
            assertThat(filter.isLoggable(line)).isEqualTo(i % 60 == 0);
            assertThat(line.getThrown()).isNull();
        }
    }

    /** What our own code throws at a request is a bug. */
    @Test
    void bugInAnAnswerKeepsItsTrace() {
        LogRecord line = trace(NOW);
        line.setLoggerName("io.quarkus.vertx.http.runtime.QuarkusErrorHandler");
        assertThat(filter.isLoggable(line)).isTrue();
        assertThat(line.getThrown()).isNotNull();
    }

    @Test
    void stackTracesAreBoundedAndLinesAreNot() {
        for (int i = 0; i < 100; i++) {
            assertThat(filter.isLoggable(trace(NOW))).isEqualTo(i < FewStackTraces.PER_MINUTE);
            assertThat(filter.isLoggable(line(NOW))).isTrue();
        }
        assertThat(filter.isLoggable(trace(NOW.plusSeconds(60)))).isTrue();
    }
}
