package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.policy.Fleet;
import io.nimscaler.poll.ScrapeResult.Scraped;
import io.nimscaler.signal.Uneven;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods behind a Service that spreads requests in turn: each gets 2 a second. Some are slow, and full. */
class UnevenFleetTest extends ScalersFixture {

    private static final Trigger SERVING_LOAD =
            Triggers.with("metric", "serving_load", "targetValue", "0.85", "maxRunning", "64");

    private final Map<String, double[]> counted = new HashMap<>();
    private double slowCompletes = 1.5;
    private int silentFrom = 10;

    private static SampleLine series(String name, double value) {
        return new SampleLine(name, Map.of(), value, OptionalLong.empty());
    }

    private Scraped body(String name, boolean slow) {
        boolean counts = Integer.parseInt(name) < silentFrom;
        double[] counters = counted.computeIfAbsent(name, _ -> new double[2]);
        counters[0] += 2 * (slow ? slowCompletes : 2);
        counters[1] += 200 * (slow ? slowCompletes : 2);
        return new Scraped(List.of(
                series("vllm:kv_cache_usage_perc", slow ? .97 : .3),
                series("vllm:num_requests_running", slow ? 60 : 20),
                series("vllm:num_requests_waiting", slow ? 200 : 0),
                series("vllm:generation_tokens_total", counters[1]),
                series(counts ? "vllm:request_success_total" : "vllm:another_total", counters[0])));
    }

    private void has(int all, int slow) {
        List<Pod> described = new ArrayList<>();
        for (int i = 1; i <= all; i++) {
            String name = Integer.toString(i);
            boolean isSlow = i <= slow;
            scraper.answers(name, _ -> body(name, isSlow));
            described.add(FakePods.ready(name, LONG_AGO));
        }
        pods.has(all, described.toArray(Pod[]::new));
    }

    @BeforeEach
    void watches() {
        has(9, 3);
        scalers.put(ID, List.of(SERVING_LOAD), false, now);
    }

    private Optional<Uneven> uneven() {
        return uneven(snapshot(SERVING_LOAD));
    }

    private static Optional<Uneven> uneven(Snapshot snapshot) {
        return ((Fleet.Known) snapshot.decision().basis().fleet()).unserved().uneven();
    }

    private long wanted() {
        return snapshot(SERVING_LOAD).hpaDesiredReplicas().orElseThrow();
    }

    @Test
    void slowPodsThatAreFullWhileTheOthersHaveRoomOrderAFewReplicas() {
        pass(Duration.ofMinutes(4));
        assertThat(uneven()).isEmpty();
        assertThat(wanted()).isEqualTo(9);
        assertThat(Warning.of(snapshot(SERVING_LOAD))).isEmpty();
        pass(Duration.ofMinutes(4));
        assertThat(uneven().map(Uneven::full)).hasValue(3);
        assertThat(wanted()).isBetween(10L, 12L);
        assertThat(Headline.of(snapshot(SERVING_LOAD), Optional.empty()))
                .contains("3 of 9 pods are slower and fuller than the others; the fleet counts as full as these.");
        assertThat(Explanation.of(snapshot(SERVING_LOAD)))
                .contains("; 3 pods are slower and fuller than the others, so the load counts as ");
        assertThat(Warning.of(snapshot(SERVING_LOAD)))
                .extracting(Warning::reason)
                .containsExactly("RequestsUneven");
    }

    @Test
    void oneSlowPodOrdersNothing() {
        has(9, 1);
        pass(Duration.ofMinutes(30));
        assertThat(uneven()).isEmpty();
    }

    /** They complete 0.5 and 0.14 of the mean. */
    @ParameterizedTest
    @ValueSource(doubles = {.8, .2})
    void podsThatAreTooSlowToBeHelpedOrderNothingAndKeepNothing(double completes) {
        slowCompletes = completes;
        pass(Duration.ofMinutes(30));
        assertThat(uneven()).isEmpty();
    }

    @Test
    void podsThatDoNotCountWhatTheyCompleteOrderNothing() {
        silentFrom = 1;
        pass(Duration.ofMinutes(30));
        assertThat(uneven()).isEmpty();
    }

    /** For five minutes it is not known what they completed. */
    @Test
    void podsThatDidNotCountForAMomentDoNotCompleteNothing() {
        pass(Duration.ofMinutes(30));
        silentFrom = 5;
        pass(Duration.ofSeconds(10));
        silentFrom = 10;
        decided.clear();
        pass(Duration.ofMinutes(8));
        assertThat(decided).extracting(snapshot -> uneven(snapshot).isPresent()).containsOnly(true);
    }

    @Test
    void scalerThatWasRestartedSaysTheSame10MinutesLater() {
        // Given
        pass(Duration.ofMinutes(30));
        Uneven before = uneven().orElseThrow();
        long wanted = wanted();

        // When
        scalers.remove(ID);
        scalers.put(ID, List.of(SERVING_LOAD), false, now);
        decided.clear();
        pass(Duration.ofMinutes(10));

        // Then
        assertThat(uneven()).hasValue(before);
        assertThat(wanted()).isEqualTo(wanted);
        assertThat(decided).allMatch(snapshot -> snapshot.hpaDesiredReplicas().orElseThrow() >= 9);
    }
}
