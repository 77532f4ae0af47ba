package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for any body: generated ones with hostile names, labels and numbers, and real ones with bytes changed. */
class ExpositionLawsTest {

    static IntStream seeds() {
        return IntStream.range(0, 20);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void readingGivesBackWhatWasWritten(int seed) {
        Generator generator = new Generator(new Random(seed));
        for (int round = 0; round < 100; round++) {
            List<SampleLine> written = generator.series();

            assertThat(Bodies.series(Bodies.read(generator.write(written).getBytes(UTF_8), MetricNames.any())))
                    .isEqualTo(written);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void wantedNamesFilterWhatAnyNameGives(int seed) {
        Random random = new Random(seed);
        Generator generator = new Generator(random);
        for (int round = 0; round < 100; round++) {
            List<SampleLine> written = generator.series();
            byte[] body = generator.write(written).getBytes(UTF_8);
            Set<String> names = written.stream()
                    .map(SampleLine::name)
                    .filter(_ -> random.nextInt(3) == 0)
                    .collect(Collectors.toSet());

            assertThat(Bodies.series(Bodies.read(body, MetricNames.of(names)))).isEqualTo(only(names, written));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void chunkBoundariesDoNotMatter(int seed) {
        Random random = new Random(seed);
        Generator generator = new Generator(random);
        for (int round = 0; round < 100; round++) {
            List<SampleLine> written = generator.series();
            byte[] body = generator.write(written).getBytes(UTF_8);

            assertThat(Bodies.series(Bodies.readInRandomChunks(body, MetricNames.any(), ReadLimits.DEFAULT, random)))
                    .isEqualTo(written);
        }
    }

    /** 20 seeds of 1,000: parts of real bodies with a few bytes changed, inserted or lost. */
    @ParameterizedTest
    @MethodSource("seeds")
    void noContentMakesTheReaderThrow(int seed) {
        Random random = new Random(seed);
        byte[] real = Bodies.real(Bodies.REAL.get(seed % Bodies.REAL.size()));
        Set<String> names = Bodies.series(Bodies.read(real, MetricNames.any())).stream()
                .map(SampleLine::name)
                .filter(_ -> random.nextInt(4) == 0)
                .collect(Collectors.toSet());
        MetricNames wanted = MetricNames.of(names);
        ReadLimits limits = new ReadLimits(1000, 150, 3, 6);
        for (int round = 0; round < 1_000; round++) {
            byte[] body = Mutations.of(Mutations.part(real, random), random);
            Exposition all = Bodies.read(body, MetricNames.any());
            Exposition some = Bodies.read(body, wanted);

            assertThat(Bodies.readInRandomChunks(body, MetricNames.any(), ReadLimits.DEFAULT, random))
                    .isEqualTo(all);
            assertThat(Bodies.readInRandomChunks(body, wanted, ReadLimits.DEFAULT, random))
                    .isEqualTo(some);
            assertThat(Bodies.readInRandomChunks(body, wanted, limits, random))
                    .isEqualTo(Bodies.readSplit(body, wanted, limits, body.length));
            switch (all) {
                case Exposition.Parsed parsed ->
                    assertThat(Bodies.series(some))
                            .usingRecursiveComparison()
                            .ignoringFields("type")
                            .isEqualTo(only(names, parsed.series()));
                case Exposition.Refused refused -> {
                    assertThat(refused.line()).isPositive();
                    assertThat(refused.column()).isPositive();
                    assertThat(refused.reason())
                            .matches("expected [ -~]+, got [ -~\u2026]+")
                            .hasSizeLessThan(250);
                }
            }
        }
    }

    private static List<SampleLine> only(Set<String> names, List<SampleLine> series) {
        return series.stream().filter(one -> names.contains(one.name())).toList();
    }
}
