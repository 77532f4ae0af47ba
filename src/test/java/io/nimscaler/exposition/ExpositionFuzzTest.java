package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Nearly right bodies, as many as {@code -Dfuzz.runs} says, from the seed {@code -Dfuzz.seed} on: none makes the reader throw,
 * none reads differently in pieces, and up to 100,000 of them read as {@link Oracle} reads them.
 */
class ExpositionFuzzTest {

    private static final long RUNS = Long.getLong("fuzz.runs", 5_000);
    private static final long SEED = Long.getLong("fuzz.seed", 1);
    private static final long HELD_AGAINST_THE_ORACLE = 100_000;

    private final List<byte[]> real = Stream.concat(
                    Bodies.REAL.stream(), Stream.of("sglang-0.5", "triton-trtllm", "trtllm-serve-1.3"))
            .map(Bodies::real)
            .toList();

    @Test
    void readerHoldsForNearlyRightBodies() {
        long every = Math.max(1, RUNS / HELD_AGAINST_THE_ORACLE);
        for (long run = 0; run < RUNS; run++) {
            Random random = new Random(SEED + run);
            byte[] body = body(random);
            Exposition whole = Bodies.read(body, MetricNames.any());
            Exposition pieces = Bodies.readInRandomChunks(body, MetricNames.any(), ReadLimits.DEFAULT, random);
            if (!pieces.equals(whole)) {
                assertThat(pieces).as(described(run, body)).isEqualTo(whole);
            }
            if (run % every == 0) {
                assertThatCode(() -> Oracle.read(body).requireSame(whole))
                        .as(described(run, body))
                        .doesNotThrowAnyException();
            }
        }
    }

    private byte[] body(Random random) {
        byte[] right = random.nextInt(4) == 0
                ? new Generator(random).written().getBytes(UTF_8)
                : Mutations.part(real.get(random.nextInt(real.size())), random);
        byte[] mutated = Mutations.of(right, random);
        return random.nextInt(4) == 0 ? Mutations.of(mutated, random) : mutated;
    }

    private static String described(long run, byte[] body) {
        return "seed " + (SEED + run) + ", body " + new String(body, ISO_8859_1);
    }
}
