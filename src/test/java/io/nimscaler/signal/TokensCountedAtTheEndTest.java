package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.signal.Measurement.Measured;
import io.nimscaler.signal.PodValue.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SGLang's generation_tokens_total grows when a request ends: by all of its tokens. Decode here is as fast however many run. */
class TokensCountedAtTheEndTest extends WatchedPods {

    @ParameterizedTest(name = "{0} running for {1} s each, swinging by {2}; realtime {3}")
    @CsvSource({
        "10, 20, 0, false",
        "20, 60, 0, false",
        "20, 60, 0.5, false",
        "10, 20, 0.5, false",
        "10, 20, 0, true",
        "20, 60, 0.5, true"
    })
    void requestsThatEndAreNoCostOfTheBatch(double meanRunning, double life, double swing, boolean realtime) {
        Random random = new Random(7);
        int pods = 10;
        List<PodSignal> watched = new ArrayList<>();
        List<SimulatedPod> simulated = new ArrayList<>();
        for (int i = 0; i < pods; i++) {
            watched.add(SIGNAL.ofPod(Optional.empty()));
            simulated.add(new SimulatedPod(random, 50));
        }
        double step = .25;
        double now = 0;
        double read = 0;
        double truth = 0;
        for (int poll = 0; poll < 900; poll++) {
            for (int i = 0; i < 8; i++) {
                now += step;
                double rate = meanRunning / life * (1 + swing * Math.sin(now / 60));
                for (SimulatedPod pod : simulated) {
                    pod.pass(now, step, rate, life);
                }
            }
            List<PodValue> values = new ArrayList<>();
            double carried = 0;
            for (int pod = 0; pod < pods; pod++) {
                SimulatedPod its = simulated.get(pod);
                double running = its.running();
                carried += running / 256;
                List<SampleLine> body = new ArrayList<>(List.of(
                        Watched.one("sglang:token_usage", running * .002),
                        Watched.one("sglang:num_running_reqs", running),
                        Watched.one("sglang:num_queue_reqs", 0),
                        Watched.counter("sglang:generation_tokens_total", Math.floor(its.ofEnded)),
                        Watched.counter("sglang:num_requests_total", its.completed)));
                if (realtime) {
                    body.add(Watched.counter(
                            "sglang:realtime_tokens_total", Map.of("mode", "decode"), Math.floor(its.generated)));
                    body.add(Watched.counter(
                            "sglang:realtime_tokens_total", Map.of("mode", "prefill_compute"), 7 * now));
                }
                values.add(work(
                        (Work) ((Measured) watched.get(pod).read(body, NOW.plusMillis(Math.round(now * 1000)))).value(),
                        256));
            }
            fleet.learn(values, Duration.ofSeconds(2));
            if (poll >= 450) {
                read += values.stream().mapToDouble(this::load).sum();
                truth += carried;
            }
        }
        assertThat(read / truth).isLessThan(1.5);
    }
}
