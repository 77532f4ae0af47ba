package io.nimscaler.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenBucketTest {

    private final TokenBucket bucket = new TokenBucket(20, 50);
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private long taken(int asked) {
        return IntStream.range(0, asked).filter(_ -> bucket.take(now)).count();
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    @Test
    void manyAtOnceAndThenSoManyASecond() {
        assertThat(taken(1000)).isEqualTo(50);
        pass(Duration.ofMillis(50));
        assertThat(taken(1000)).isEqualTo(1);
        pass(Duration.ofSeconds(1));
        assertThat(taken(1000)).isEqualTo(20);
        pass(Duration.ofDays(100_000));
        assertThat(taken(1000)).isEqualTo(50);
    }

    @Test
    void shortStepsAddUp() {
        taken(1000);
        long taken = 0;
        for (int step = 0; step < 1000; step++) {
            pass(Duration.ofMillis(7));
            taken += taken(10);
        }
        assertThat(taken).isBetween(139L, 140L);
    }

    @Test
    void clockThatIsSetBackFillsNothing() {
        taken(1000);
        pass(Duration.ofHours(-1));
        assertThat(taken(1000)).isZero();
        pass(Duration.ofHours(1));
        assertThat(taken(1000)).isZero();
    }

    @Test
    void oneOfNothingIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenBucket(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenBucket(1, 0));
    }
}
