package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.exposition.Bodies;
import io.nimscaler.exposition.SampleLine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What pods say of their requests beside the signal. */
class TrafficOfPodTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // body, running, waiting, whether it counts tokens of prompts, of answers, and refusals
        "nim-1.x,               24, 0,  true,  true,  false",
        "vllm-0.32.0-saturated, 30, 57, true,  true,  true",
        "vllm-0.10.2-busy,      20, 0,  true,  true,  false",
        "sglang-0.5,            12, 3,  false, true,  false",
        "trtllm-serve-1.3,      48, 5,  false, false, false",
        "triton-trtllm,         32, 6,  false, false, false"
    })
    void whatABodyHasIsReadByAnyEnginesNameAndTheRestIsUnknown(
            String name, double running, double waiting, boolean prompts, boolean answers, boolean refusals) {
        TrafficOfPod pod = new TrafficOfPod(Optional.empty(), INTERVAL);
        List<SampleLine> body = Bodies.real(name, List.copyOf(TrafficOfPod.SERIES_NAMES));

        assertThat(pod.read(body, START).promptTokens()).isEmpty();
        Traffic traffic = read(pod, body, 10, 0);

        assertThat(traffic.running()).hasValue(running);
        assertThat(traffic.waiting()).hasValue(waiting);
        assertThat(traffic.promptTokens().isPresent()).isEqualTo(prompts);
        assertThat(traffic.generationTokens().isPresent()).isEqualTo(answers);
        assertThat(traffic.rejections().isPresent()).isEqualTo(refusals);
    }

    /** Reads the body so often, each time with the counters higher by this. */
    private static Traffic read(TrafficOfPod pod, List<SampleLine> body, int times, double growth) {
        Traffic traffic = Traffic.UNKNOWN;
        for (int i = 1; i <= times; i++) {
            List<SampleLine> now = new ArrayList<>();
            for (SampleLine series : body) {
                double more = series.name().endsWith("_total") ? growth * i : 0;
                now.add(new SampleLine(
                        series.name(),
                        series.labels(),
                        series.value() + more,
                        series.timestampMillis(),
                        series.type()));
            }
            traffic = pod.read(now, START.plus(INTERVAL.multipliedBy(i)));
        }
        return traffic;
    }

    @Test
    void tokensAreCountedASecond() {
        TrafficOfPod pod = new TrafficOfPod(Optional.empty(), INTERVAL);

        Traffic traffic = read(pod, Bodies.real("nim-1.x", List.copyOf(TrafficOfPod.SERIES_NAMES)), 20, 500);

        assertThat(traffic.promptTokens().orElseThrow()).isCloseTo(250, within(1e-9));
        assertThat(traffic.generationTokens().orElseThrow()).isCloseTo(250, within(1e-9));
    }

    @Test
    void whatOnePodDoesNotSayIsUnknownOfAll() {
        Traffic one = new Traffic(
                OptionalDouble.of(3),
                OptionalDouble.of(1),
                OptionalDouble.of(100),
                OptionalDouble.empty(),
                OptionalDouble.of(0));
        Traffic other = new Traffic(
                OptionalDouble.of(4),
                OptionalDouble.empty(),
                OptionalDouble.of(50),
                OptionalDouble.of(7),
                OptionalDouble.of(0));

        assertThat(Traffic.total(List.of(one, other)))
                .isEqualTo(new Traffic(
                        OptionalDouble.of(7),
                        OptionalDouble.empty(),
                        OptionalDouble.of(150),
                        OptionalDouble.empty(),
                        OptionalDouble.of(0)));
        assertThat(Traffic.total(List.of())).isEqualTo(Traffic.UNKNOWN);
    }
}
