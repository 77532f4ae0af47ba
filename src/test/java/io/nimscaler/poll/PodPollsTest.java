package io.nimscaler.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.trigger.Scheme;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PodPollsTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final int PODS = 1_000;

    private final PodPolls polls = new PodPolls(new NamesInUse());
    private int asked;

    private void want(int pods) {
        PollRequest request = PollRequest.of(Triggers.with());
        polls.want(
                IntStream.range(0, pods)
                        .mapToObj(i -> new Endpoint(
                                "uid-" + i,
                                Scheme.HTTP,
                                "10.0.0.1",
                                8_000,
                                Triggers.with().reading().path(),
                                new PodAuth("ns", Optional.empty())))
                        .collect(Collectors.toMap(Function.identity(), _ -> request)),
                NOON);
    }

    private int askedAt(Instant now) {
        asked = 0;
        polls.pollIfDue(now, (_, _) -> asked++, (_, _) -> {});
        return asked;
    }

    @Test
    void ofManyThatAreDueAPartIsAskedAtOnce() {
        want(PODS);
        Instant later = NOON.plus(Duration.ofMinutes(1));

        assertThat(askedAt(later)).isEqualTo(PodPolls.MOST_AT_ONCE);
        assertThat(polls.due()).isBefore(later);

        for (int i = 1; i < PODS / PodPolls.MOST_AT_ONCE; i++) {
            assertThat(askedAt(later)).isEqualTo(PodPolls.MOST_AT_ONCE);
        }
        assertThat(askedAt(later)).isZero();
        assertThat(polls.due()).isAfter(later);
    }
}
