package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.nimscaler.window.TokenBucket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who gets to read the API server, and how often. */
class ScaleReadsTest {

    private final Queue<Runnable> underWay = new ArrayDeque<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private static class Target implements ScaleReads.Reader {

        private final Duration every;
        private Instant askedAt = Instant.EPOCH;
        private boolean underWay;
        private int reads;

        Target(Duration every) {
            this.every = every;
        }

        @Override
        public boolean isDue(Instant now) {
            return !underWay && !now.isBefore(askedAt.plus(every));
        }

        @Override
        public Instant askedAt() {
            return askedAt;
        }

        @Override
        public void begin(Instant now) {
            askedAt = now;
            underWay = true;
        }

        @Override
        public void read() {
            underWay = false;
            reads++;
        }
    }

    private static List<Target> targets(int number, Duration every) {
        return IntStream.range(0, number).mapToObj(_ -> new Target(every)).toList();
    }

    private void finish() {
        for (Runnable read = underWay.poll(); read != null; read = underWay.poll()) {
            read.run();
        }
    }

    @Test
    void noneIsKeptWaitingByOthersThatChangeAllTheTime() {
        ScaleReads reads = new ScaleReads(16, new TokenBucket(20, 20), underWay::add);
        List<Target> quiet = targets(100, Duration.ofSeconds(30));
        List<Target> restless = targets(400, Duration.ofSeconds(1));
        List<Target> all = Stream.of(restless, quiet).flatMap(List::stream).toList();
        Instant start = now;
        for (; now.isBefore(start.plusSeconds(300)); now = now.plusMillis(250)) {
            reads.begin(all, now);
            finish();
        }

        assertThat(all.stream().mapToInt(target -> target.reads).sum()).isBetween(5_900, 6_020);
        assertThat(quiet).allSatisfy(target -> {
            assertThat(target.reads).isBetween(5, 10);
            assertThat(target.askedAt).isAfter(now.minusSeconds(61));
        });
        assertThat(restless).allSatisfy(target -> assertThat(target.reads).isBetween(8, 16));
    }

    @Test
    void onlySoManyAtOnceHoweverManyAreDue() {
        ScaleReads reads = new ScaleReads(16, new TokenBucket(1000, 1000), underWay::add);
        List<Target> all = targets(100, Duration.ofSeconds(1));
        reads.begin(all, now);
        reads.begin(all, now);
        assertThat(underWay).hasSize(16);

        underWay.remove().run();
        reads.begin(all, now);
        assertThat(underWay).hasSize(16);
        finish();
        reads.begin(all, now);
        assertThat(underWay).hasSize(16);
    }

    @Test
    void readThatFailsGivesItsPlaceBack() {
        ScaleReads reads = new ScaleReads(1, new TokenBucket(1000, 1000), underWay::add);
        Target broken = new Target(Duration.ofSeconds(1)) {
            @Override
            public void read() {
                throw new IllegalStateException("broken");
            }
        };
        Target good = new Target(Duration.ofSeconds(1));
        reads.begin(List.of(broken), now);
        assertThatIllegalStateException().isThrownBy(this::finish);
        reads.begin(List.of(good), now);
        finish();
        assertThat(good.reads).isEqualTo(1);
    }
}
