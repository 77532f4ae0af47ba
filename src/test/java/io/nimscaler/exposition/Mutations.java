package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Random;

/** Bodies that are nearly right. */
final class Mutations {

    private Mutations() {}

    /** Whole lines of a body, 1.2 kB at most, of which the last one may be cut. */
    static byte[] part(byte[] real, Random random) {
        int from = random.nextInt(real.length);
        while (from > 0 && real[from - 1] != '\n') {
            from--;
        }
        int length = Math.min(random.nextInt(50, 1200), real.length - from);
        byte[] part = new byte[length];
        System.arraycopy(real, from, part, 0, length);
        return part;
    }

    /** A few bytes of it changed, inserted or lost. */
    static byte[] of(byte[] body, Random random) {
        byte[] hostile = "\"\\{}=, \t\r\n#'0e.-_\0\u00e9".getBytes(UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int rarity = Math.max(1, body.length / random.nextInt(1, 6));
        for (byte b : body) {
            byte other = random.nextBoolean() ? hostile[random.nextInt(hostile.length)] : (byte) random.nextInt();
            switch (random.nextInt(3 * rarity)) {
                case 0 -> out.write(other);
                case 1 -> {
                    out.write(b);
                    out.write(other);
                }
                case 2 -> {}
                default -> out.write(b);
            }
        }
        return out.toByteArray();
    }
}
