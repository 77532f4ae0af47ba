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
        List<SimulatedPod> simulated = new ArrayList<>();
        for (int i = 0; i < pods; i++) {
            watched.add(new Watched());
            simulated.add(new SimulatedPod(random, 50 / (i < slow ? factor : 1)));
        }
        double step = .25;
        double now = 0;
        double read = 0;
        double truth = 0;
        for (int poll = 0; poll < 900; poll++) {
            for (int i = 0; i < 8; i++) {
                now += step;
                for (int pod = 0; pod < pods; pod++) {
                    simulated.get(pod).pass(now, step, arrivals, life * (pod < slow ? factor : 1));
                }
            }
            List<PodValue> values = new ArrayList<>();
            double carried = 0;
            for (int pod = 0; pod < pods; pod++) {
                carried += simulated.get(pod).running() / 256.0;
                values.add(watched.get(pod).read(simulated.get(pod)));
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
