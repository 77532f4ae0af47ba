package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is remembered of lines makes no difference but to the cost. */
class SeriesMemoTest {

    private static final MetricNames WANTED =
            MetricNames.of(List.of("a", "vllm:kv_cache_usage_perc", "vllm:num_requests_waiting"));

    private final SeriesMemo memo = new SeriesMemo();

    /** Real and made-up bodies with bytes changed, twice each, through one memo that readers of other names and limits share. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void readsAsAReaderThatRemembersNothing(int seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 400; round++) {
            byte[] body = random.nextBoolean()
                    ? new Generator(random).written().getBytes(UTF_8)
                    : Mutations.part(Bodies.real(Bodies.REAL.get(random.nextInt(Bodies.REAL.size()))), random);
            byte[] other = Mutations.of(body, random);
            for (byte[] one : List.of(body, other, body)) {
                for (MetricNames names : List.of(MetricNames.any(), WANTED)) {
                    for (ReadLimits limits : List.of(ReadLimits.DEFAULT, new ReadLimits(1 << 20, 4096, 2, 100))) {
                        assertThat(read(one, names, limits, memo))
                                .isEqualTo(read(one, names, limits, new SeriesMemo()));
                    }
                }
            }
        }
    }

    /** A reader has to find what another has read, or this test shows nothing. */
    @Test
    void labelsThatAreWrittenAgainAreTheSame() {
        byte[] body = "a{x=\"1\",y=\"}\"} 1 5\na{x=\"1\",y=\"}\"} 2\n".getBytes(UTF_8);

        List<SampleLine> first = Bodies.series(read(body, WANTED, ReadLimits.DEFAULT, memo));
        List<SampleLine> second = Bodies.series(read(body, MetricNames.any(), ReadLimits.DEFAULT, memo));

        assertThat(second).isEqualTo(first);
        assertThat(second.getFirst().labels()).isSameAs(first.getFirst().labels());
        assertThat(first.getLast().labels()).isSameAs(first.getFirst().labels());
    }

    @Test
    void whatIsNotWantedIsNotReadFromMemory() {
        byte[] body = "b{x=\"1\"} 1\na{x=\"1\"} 2\n".getBytes(UTF_8);
        assertThat(Bodies.series(read(body, MetricNames.any(), ReadLimits.DEFAULT, memo)))
                .hasSize(2);

        assertThat(Bodies.series(read(body, WANTED, ReadLimits.DEFAULT, memo))).hasSize(1);
    }

    /** Each series is another one: the memo takes no more for it. */
    @Test
    void isBounded() {
        for (int i = 0; i < 10_000; i++) {
            byte[] body = ("a{x=\"" + i + "\",y=\"" + "y".repeat(i % 2000) + "\"} 1\n").getBytes(UTF_8);
            assertThat(Bodies.series(read(body, WANTED, ReadLimits.DEFAULT, memo)))
                    .hasSize(1);
            assertThat(memo.bytes()).isLessThanOrEqualTo(256 << 10);
        }
        assertThat(memo.bytes()).isPositive();
    }

    private static Exposition read(byte[] body, MetricNames names, ReadLimits limits, SeriesMemo memo) {
        ExpositionReader reader = new ExpositionReader(names, limits, BodyFormat.TEXT, memo);
        reader.read(body, 0, body.length);
        return reader.finish();
    }
}
