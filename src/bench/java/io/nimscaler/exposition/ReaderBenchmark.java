package io.nimscaler.exposition;

import io.nimscaler.signal.SignalOptions;
import io.nimscaler.signal.Signals;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What reading one real body costs; run from the top of the repository, by {@link io.nimscaler.bench.ReaderFigures}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReaderBenchmark {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final long NEWLINES = ONES * '\n';

    private static final SignalOptions P95 =
            new SignalOptions(OptionalInt.empty(), Duration.ofMinutes(1), OptionalDouble.of(.95));

    /** A fixture's name, or the path of a file. */
    @Param("vllm-0.32.0-idle")
    public String body = "";

    @Param({"two-names", "serving_load", "latency"})
    public String work = "";

    private byte[] bytes = {};
    private ExpositionReader reader = new ExpositionReader(MetricNames.any(), ReadLimits.DEFAULT);

    @Setup
    public void open() throws IOException {
        bytes = Files.readAllBytes(Path.of(body.contains("/") ? body : "src/test/resources/exposition/" + body + ".prom"));
        reader = new ExpositionReader(MetricNames.of(names()), ReadLimits.DEFAULT);
        if (!(read() instanceof Exposition.Parsed(var series, var _, var _)) || series.isEmpty()) {
            throw new IllegalStateException("body = " + body + ", expected series of " + work);
        }
    }

    private List<String> names() {
        return switch (work) {
            case "two-names" ->
                body.contains("nim")
                        ? List.of("gpu_cache_usage_perc", "num_requests_waiting")
                        : List.of(
                                body.contains("0.8.5") ? "vllm:gpu_cache_usage_perc" : "vllm:kv_cache_usage_perc",
                                "vllm:num_requests_waiting");
            case "latency" -> Signals.named("time_to_first_token_seconds", P95).seriesNames();
            default -> Signals.named(work).seriesNames();
        };
    }

    @Benchmark
    public Exposition read() {
        reader.read(bytes, 0, bytes.length);
        return reader.finish();
    }

    /** The floor, whatever the work: the end of each line found, eight bytes at a time, and nothing more. */
    @Benchmark
    public int newlines() {
        int lines = 0;
        for (int i = 0; i < bytes.length; lines++) {
            i = nextNewline(bytes, i) + 1;
        }
        return lines;
    }

    /** As it was when the first figures were taken: the floor must not move with the reader. */
    private static int nextNewline(byte[] bytes, int from) {
        int i = from;
        for (; i <= bytes.length - Long.BYTES; i += Long.BYTES) {
            long x = (long) LONGS.get(bytes, i) ^ NEWLINES;
            long hits = (x - ONES) & ~x & HIGH_BITS;
            if (hits != 0) {
                return i + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
        }
        while (i < bytes.length && bytes[i] != '\n') {
            i++;
        }
        return i;
    }
}
