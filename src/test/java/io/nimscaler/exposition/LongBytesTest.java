package io.nimscaler.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongBytesTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void theNextNewlineIsTheOneThatALoopFinds(int seed) {
        Random random = new Random(seed);
        // Newlines and the bytes that word arithmetic is most likely to take for one.
        byte[] alphabet = {
            '\n', '\n' + 1, '\n' - 1, (byte) ('\n' + 128), (byte) 0xff, 0, (byte) 0x80, 'x', 'x', 'x', 'x', 'x'
        };
        for (int round = 0; round < 5_000; round++) {
            byte[] bytes = new byte[random.nextInt(40)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = alphabet[random.nextInt(alphabet.length)];
            }
            int from = random.nextInt(bytes.length + 1);
            int to = random.nextInt(from, bytes.length + 1);
            int expected = from;
            while (expected < to && bytes[expected] != '\n') {
                expected++;
            }

            assertThat(LongBytes.nextNewline(bytes, from, to)).isEqualTo(expected);
        }
    }
}
