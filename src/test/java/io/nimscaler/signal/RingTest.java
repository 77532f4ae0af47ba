package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RingTest {

    private static final int STEPS = 5_000;

    /** With fewer it does not get smaller. */
    private static final int FEW = 4;

    private static final long BYTES_OF_TWO_ARRAYS = 32;
    private static final long BYTES_OF_A_ROW = 24;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void itHasTheRowsOfAListAndHardlyMoreMemory(long seed) {
        Random random = new Random(seed);
        Ring ring = new Ring(2);
        List<double[]> rows = new ArrayList<>();
        int towards = 0;
        for (int step = 0; step < STEPS; step++) {
            towards = random.nextInt(200) == 0 ? random.nextInt(150) : towards;
            if (random.nextInt(1_000) == 0) {
                ring.clear();
                rows.clear();
            } else if (rows.size() <= towards) {
                double[] row = {random.nextDouble(), random.nextDouble()};
                ring.add(step, row);
                rows.add(new double[] {step, row[0], row[1]});
            } else if (random.nextInt(3) == 0) {
                ring.removeLast();
                rows.removeLast();
            } else {
                ring.removeFirst();
                rows.removeFirst();
            }
            isThe(rows, ring);
        }
    }

    private static void isThe(List<double[]> rows, Ring ring) {
        assertThat(ring.size()).isEqualTo(rows.size());
        assertThat(ring.keptBytes())
                .isLessThanOrEqualTo(BYTES_OF_TWO_ARRAYS + BYTES_OF_A_ROW * Math.max(FEW, 2L * rows.size()));
        for (int row = 0; row < rows.size(); row++) {
            assertThat(new double[] {ring.at(row), ring.get(row, 0), ring.get(row, 1)})
                    .isEqualTo(rows.get(row));
        }
        if (!rows.isEmpty()) {
            assertThat(ring.most(1))
                    .isEqualTo(rows.stream().mapToDouble(row -> row[2]).max().orElseThrow());
            assertThat(ring.least(1))
                    .isEqualTo(rows.stream().mapToDouble(row -> row[2]).min().orElseThrow());
            assertThat(ring.growth(0)).isEqualTo(rows.getLast()[1] - rows.getFirst()[1]);
        }
    }
}
