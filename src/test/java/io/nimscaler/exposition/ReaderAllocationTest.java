package io.nimscaler.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.nimscaler.signal.SignalOptions;
import io.nimscaler.signal.Signals;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a body leaves to the collector: a count, the same on every machine, and more where the compiler has not come to it yet. */
class ReaderAllocationTest {

    private static final int BODIES = 200;

    /** Serving load and a histogram are held at a half and a third of what maps and strings of each line took. */
    @ParameterizedTest
    @CsvSource({"gpu_cache_usage_perc, 1000", "serving_load, 4000", "time_to_first_token_seconds, 6500"})
    void aBodyThatIsLikeTheOneBeforeAllocatesLittle(String metric, long mostBytes) {
        List<String> names = Signals.named(
                        metric,
                        new SignalOptions(
                                OptionalInt.empty(),
                                Duration.ofMinutes(1),
                                metric.startsWith("time") ? OptionalDouble.of(.95) : OptionalDouble.empty()))
                .seriesNames();
        byte[] body = Bodies.real("vllm-0.32.0-idle");
        ExpositionReader reader = new ExpositionReader(MetricNames.of(names), ReadLimits.DEFAULT);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertThat(read(reader, body)).isPositive();

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < BODIES; i++) {
            read(reader, body);
        }

        assertThat((threads.getCurrentThreadAllocatedBytes() - before) / BODIES).isLessThan(mostBytes);
    }

    private static int read(ExpositionReader reader, byte[] body) {
        reader.read(body, 0, body.length);
        return reader.finish() instanceof Exposition.Parsed parsed
                ? parsed.series().size()
                : 0;
    }
}
