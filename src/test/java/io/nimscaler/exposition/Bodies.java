package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Reads bodies for the tests: whole, split, from text or from the fixtures. */
public final class Bodies {
    static final List<String> REAL = List.of(
            "nim-1.x",
            "vllm-0.8.5-just-started",
            "vllm-0.8.5-busy",
            "vllm-0.10.2-busy",
            "vllm-0.32.0-idle",
            "vllm-0.32.0-saturated",
            "vllm-0.32.0-two-engines");

    private Bodies() {}

    public static byte[] real(String name) {
        return resource("/exposition/" + name + ".prom");
    }

    /** The series of these names in a pod's body of a case from the field, under {@code cases/NAME}. */
    public static List<SampleLine> ofCase(String name, List<String> names) {
        return series(read(resource("/cases/" + name + "/pod.prom"), MetricNames.of(names)));
    }

    private static byte[] resource(String path) {
        try (InputStream in = Bodies.class.getResourceAsStream(path)) {
            assertThat(in).as(path).isNotNull();
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The series of these names in a fixture. */
    public static List<SampleLine> real(String name, List<String> names) {
        return series(read(real(name), MetricNames.of(names)));
    }

    static Exposition read(String body, String... names) {
        return read(body.getBytes(UTF_8), MetricNames.of(List.of(names)));
    }

    static Exposition read(byte[] body, MetricNames wanted) {
        return readSplit(body, wanted, ReadLimits.DEFAULT, body.length);
    }

    /** Feeds the body in chunks that end at the given offsets, each in an array of its own. */
    static Exposition readSplit(byte[] body, MetricNames wanted, ReadLimits limits, int... ends) {
        ExpositionReader reader = new ExpositionReader(wanted, limits);
        int start = 0;
        for (int end : ends) {
            byte[] chunk = new byte[end - start];
            System.arraycopy(body, start, chunk, 0, chunk.length);
            reader.read(chunk, 0, chunk.length);
            start = end;
        }
        return reader.finish();
    }

    static Exposition readInRandomChunks(byte[] body, MetricNames wanted, ReadLimits limits, Random random) {
        int[] ends =
                random.ints(random.nextInt(12), 0, body.length + 1).sorted().toArray();
        int[] all = Arrays.copyOf(ends, ends.length + 1);
        all[ends.length] = body.length;
        return readSplit(body, wanted, limits, all);
    }

    static List<SampleLine> series(Exposition exposition) {
        return switch (exposition) {
            case Exposition.Parsed parsed -> parsed.series();
            case Exposition.Refused refused -> throw new AssertionError(refused.message());
        };
    }

    static String message(Exposition exposition) {
        return switch (exposition) {
            case Exposition.Parsed parsed -> throw new AssertionError("parsed: " + parsed);
            case Exposition.Refused refused -> refused.message();
        };
    }
}
