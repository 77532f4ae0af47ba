package io.nimscaler.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.Policy;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DecisionLogTest {

    private static final Logger LOGGER = Logger.getLogger(DecisionLog.class.getName());
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final List<String> lines = new ArrayList<>();
    private final Formatter message = new PatternFormatter("%s");
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(message.format(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        LOGGER.addHandler(handler);
    }

    @AfterEach
    void listenNoMore() {
        LOGGER.removeHandler(handler);
    }

    @Test
    void replicasThatAreNotKnownAreNotSaidToBeZero() {
        Trigger trigger = Triggers.with();
        Policy policy = new Policy(trigger);
        DecisionLog log = new DecisionLog();
        for (int second = 0; second < 10; second++) {
            log.update(new Snapshot(
                    new ScaledObjectId("nim", "llm"),
                    trigger,
                    policy.decide(new Fleet.NotKnown("cannot read /scale"), NOW.plusSeconds(second)),
                    List.of()));
        }
        assertThat(lines)
                .containsExactly("decision changed namespace=nim scaledObject=llm metric=gpu_cache_usage_perc"
                        + " wanted=unknown present=unknown answer=unavailable: unknown: cannot read /scale");
    }
}
