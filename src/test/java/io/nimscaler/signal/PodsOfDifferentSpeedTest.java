package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A slow pod has more requests at once and takes longer for a token: that is no cost of its batch. */
class PodsOfDifferentSpeedTest extends WatchedPods {

    /** Each pod gets as many requests as any other, as a Service spreads them, and decodes as fast however many run. */
    @ParameterizedTest(name = "{0} of {1} pods are {2} times as slow")
    @CsvSource({"5, 10, 2", "5, 10, 3", "1, 10, 3", "1, 4, 2"})
    void slowPodIsNoCostOfTheBatch(int slow, int pods, double factor) {
        // Given: half an hour
        Random random = new Random(7);
        double life = 10;
        double arrivals = 1.5;
        List<Watched> watched = new ArrayList<>();
        List<List<Double>> ends = new ArrayList<>();
        double[] tokens = new double[pods];
        double[] completed = new double[pods];
        for (int i = 0; i < pods; i++) {
            watched.add(new Watched());
            ends.add(new ArrayList<>());
        }
        double step = .25;
        double now = 0;
        double read = 0;
        double truth = 0;
        for (int poll = 0; poll < 900; poll++) {
            for (int i = 0; i < 8; i++) {
                now += step;
                for (int pod = 0; pod < pods; pod++) {
                    double slower = pod < slow ? factor : 1;
                    List<Double> running = ends.get(pod);
                    if (random.nextDouble() < arrivals * step) {
                        running.add(now - Math.log(1 - random.nextDouble()) * life * slower);
                    }
                    tokens[pod] += running.size() * step * 50 / slower;
                    int before = running.size();
                    double until = now;
                    running.removeIf(end -> end <= until);
                    completed[pod] += before - running.size();
                }
            }
            List<PodValue> values = new ArrayList<>();
            double carried = 0;
            for (int pod = 0; pod < pods; pod++) {
                double running = ends.get(pod).size();
                carried += running / 256;
                values.add(work(
                        watched.get(pod)
                                .read(
                                        running * .002,
                                        running,
                                        0,
                                        Watched.counter("vllm:generation_tokens_total", Math.floor(tokens[pod])),
                                        Watched.counter("vllm:request_success_total", completed[pod])),
                        256));
            }

            // When
            fleet.learn(values, Duration.ofSeconds(2));
            if (poll >= 450) {
                read += values.stream().mapToDouble(this::load).sum();
                truth += carried;
            }
        }

        // Then
        assertThat(read / truth).isLessThan(1.5);
    }
}
