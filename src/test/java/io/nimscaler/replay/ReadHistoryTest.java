package io.nimscaler.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nimscaler.history.MinuteReader;
import io.nimscaler.history.MinuteStretch;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Days of minutes are read for a question, and as long as somebody waits for its answer. */
class ReadHistoryTest {

    private static final MinuteStretch STRETCH = MinuteReader.read(
                    Stream.of(
                            "{\"format\":\"nim-scaler-history\",\"version\":2,\"namespace\":\"ns\",\"name\":\"llm\","
                                    + "\"triggerName\":\"t\",\"shadow\":false,\"metadata\":{\"targetValue\":\"0.7\"}}",
                            "{\"t\":\"2026-01-31T12:00Z\",\"r\":60,\"a\":60,\"d\":1.2,\"k\":60,\"w\":2,\"p\":2,\"y\":2,\"s\":2}"))
            .getFirst();

    @Test
    void itEndsWithinTheHourThatIsRead() {
        AtomicInteger read = new AtomicInteger();
        ReadHistory history = new ReadHistory(() -> Optional.of("the caller has gone"));
        history.header(STRETCH.header());

        assertThatThrownBy(() -> {
                    for (; read.get() < 1_000; read.incrementAndGet()) {
                        history.minute(STRETCH.minutes().getFirst());
                    }
                })
                .isInstanceOf(StoppedException.class)
                .hasMessage("the caller has gone");
        assertThat(read.get()).isLessThan(60);
    }
}
