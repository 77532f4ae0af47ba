package io.nimscaler.exposition;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What reading one real body for two gauges costs, whole and in chunks; run from the top of the repository. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ExpositionReaderBenchmark {
    @Param({"nim-1.x", "vllm-0.8.5-busy", "vllm-0.32.0-idle", "vllm-0.32.0-two-engines"})
    public String body = "";

    @Param({"1048576", "4096"})
    public int chunkBytes = 4096;

    private byte[] bytes = {};
    private ExpositionReader reader = new ExpositionReader(MetricNames.any(), ReadLimits.DEFAULT);

    @Setup
    public void open() throws IOException {
        bytes = Files.readAllBytes(Path.of("src/test/resources/exposition", body + ".prom"));
        List<String> names = body.startsWith("nim")
                ? List.of("gpu_cache_usage_perc", "num_requests_waiting")
                : List.of(
                        body.contains("0.8.5") ? "vllm:gpu_cache_usage_perc" : "vllm:kv_cache_usage_perc",
                        "vllm:num_requests_waiting");
        reader = new ExpositionReader(MetricNames.of(names), ReadLimits.DEFAULT);
    }

    @Benchmark
    public Exposition read() {
        for (int offset = 0; offset < bytes.length; offset += chunkBytes) {
            reader.read(bytes, offset, Math.min(chunkBytes, bytes.length - offset));
        }
        return reader.finish();
    }
}
