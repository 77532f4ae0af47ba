package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.scaler.Contact;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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

class ApiServerContactTest {

    private static final Logger LOGGER = Logger.getLogger(ApiServerContact.class.getName());
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final List<String> lines = new ArrayList<>();
    private final Formatter message = new PatternFormatter("%s");
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            assertThat(line.getThrown()).isNull();
            lines.add(message.format(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private final List<String> asked = new ArrayList<>();
    private final ApiServerContact contact = new ApiServerContact(
            () -> {
                asked.add("why");
                return "connection refused";
            },
            Runnable::run,
            START);
    private Instant now = START;

    @BeforeEach
    void listen() {
        LOGGER.addHandler(handler);
    }

    @AfterEach
    void listenNoMore() {
        LOGGER.removeHandler(handler);
    }

    private void pass(Duration time, boolean isListed, boolean isWatched) {
        for (Instant end = now.plus(time); now.isBefore(end); now = now.plusMillis(250)) {
            contact.look(isListed, isWatched, now);
        }
    }

    @Test
    void apiServerThatWasNeverReachedIsSaidWithTheReasonAndOneLineAMinute() {
        pass(Duration.ofMinutes(10), false, false);
        assertThat(contact.contact()).isEqualTo(new Contact.NeverReached(START, "connection refused"));
        assertThat(lines)
                .hasSize(10)
                .containsOnly("API server: ScaledObjects were never read since=2026-01-01T00:00:00Z"
                        + " reason=connection refused");
        assertThat(asked).hasSize(60);
    }

    @Test
    void apiServerThatIsAwayIsSaidWithTheMomentAndOnceWhenItIsBack() {
        // Given
        pass(Duration.ofSeconds(10), true, true);
        Instant last = now.minusMillis(250);

        // When
        pass(Duration.ofSeconds(90), true, false);

        // Then
        assertThat(contact.contact()).isEqualTo(new Contact.Away(last, "connection refused"));
        assertThat(lines)
                .hasSize(2)
                .allMatch(line -> line.startsWith(
                        "API server: ScaledObjects are not watched since=" + last.truncatedTo(ChronoUnit.SECONDS)));

        // And when it is back
        pass(Duration.ofSeconds(90), true, true);
        assertThat(contact.contact()).isEqualTo(new Contact.Watching());
        assertThat(lines).hasSize(3).last().isEqualTo("API server: ScaledObjects are watched again");
    }

    @Test
    void apiServerThatComesAndGoesIsOneLineAMinuteEachWayAtMost() {
        for (int i = 0; i < 60; i++) {
            pass(Duration.ofSeconds(5), true, true);
            pass(Duration.ofSeconds(5), true, false);
            pass(Duration.ofSeconds(2), true, false);
        }
        assertThat(lines).filteredOn(line -> line.contains("not watched")).hasSizeLessThanOrEqualTo(12);
        assertThat(lines).filteredOn(line -> line.contains("again")).hasSizeLessThanOrEqualTo(12);
    }

    @Test
    void watchThatIsMadeAnewIsNoNews() {
        pass(Duration.ofSeconds(10), true, true);
        pass(Duration.ofSeconds(5), true, false);
        pass(Duration.ofSeconds(10), true, true);
        assertThat(lines).isEmpty();
        assertThat(asked).isEmpty();
    }
}
