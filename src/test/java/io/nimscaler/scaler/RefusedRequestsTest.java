package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.policy.Answer;
import io.nimscaler.poll.ScrapeResult.Scraped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Pods that take one request a second each, and refuse some. */
class RefusedRequestsTest extends ScalersFixture {

    private double refusedForEach;
    private final java.util.Map<String, double[]> counted = new java.util.HashMap<>();

    private double kvUsage = .95;
    private double waiting = 4;

    private void saturated(String... names) {
        for (String name : names) {
            scraper.answers(name, _ -> {
                double[] counters = counted.computeIfAbsent(name, _ -> new double[2]);
                counters[0] += 2;
                counters[1] += 2 * refusedForEach;
                return new Scraped(List.of(
                        series("vllm:kv_cache_usage_perc", kvUsage),
                        series("vllm:num_requests_running", 64),
                        series("vllm:num_requests_waiting", waiting),
                        new SampleLine(
                                "vllm:admission_rejections_total",
                                Map.of("reason", "max_num_queued_reqs"),
                                counters[1],
                                OptionalLong.empty()),
                        series("vllm:request_success_total", counters[0])));
            });
        }
    }

    private static SampleLine series(String name, double value) {
        return new SampleLine(name, Map.of(), value, OptionalLong.empty());
    }

    @Test
    void whatIsRefusedIsDemandAndIsSaid() {
        // Given
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        saturated("1", "2");
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(30));
        assertThat(snapshot(trigger).answer()).isEqualTo(new Answer.Value(1900));
        assertThat(Explanation.ofRefusals(snapshot(trigger))).isEmpty();

        // When each refuses three for one that it takes
        refusedForEach = 3;
        pass(Duration.ofSeconds(30));

        // Then
        assertThat(snapshot(trigger).answer()).isEqualTo(new Answer.Value(3800));
        assertThat(Explanation.of(snapshot(trigger)))
                .contains("requests refused for lack of capacity, so the load counts × 2.00");
        assertThat(Warning.of(snapshot(trigger))).extracting(Warning::reason).contains("RequestsRefused");

        // And when nothing is refused any more
        refusedForEach = 0;
        pass(Duration.ofSeconds(30));
        assertThat(snapshot(trigger).answer()).isEqualTo(new Answer.Value(1900));
    }

    @Test
    void replicasThatComeOrderNoOthersForWhatWasRefusedBefore() {
        // Given
        pods.has(1, FakePods.ready("1", LONG_AGO));
        saturated("1", "2", "3");
        refusedForEach = 9;
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(30));
        assertThat(snapshot(trigger).answer()).isEqualTo(new Answer.Value(1900));

        // When two more come, and all is taken
        pods.has(3, FakePods.ready("1", LONG_AGO), FakePods.ready("2", now), FakePods.ready("3", now));
        refusedForEach = 0;
        decided.clear();
        pass(Duration.ofSeconds(60));

        // Then at no moment more is asked for than what they carry
        assertThat(decided)
                .filteredOn(snapshot -> snapshot.pods().stream().allMatch(pod -> pod.state() == PodState.SAMPLED))
                .isNotEmpty()
                .allSatisfy(snapshot -> assertThat(snapshot.answer()).isEqualTo(new Answer.Value(2850)));
    }

    /** At their limit of running requests, with a low KV usage: only the refusals keep the fleet. */
    @Test
    void aPodThatAnswersAgainDoesNotEndTheHoldOfRefusals() {
        // Given
        kvUsage = .1;
        waiting = 0;
        refusedForEach = 1;
        pods.has(
                4,
                FakePods.ready("1", LONG_AGO),
                FakePods.ready("2", LONG_AGO),
                FakePods.ready("3", LONG_AGO),
                FakePods.ready("4", LONG_AGO));
        saturated("1", "2", "3", "4");
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(40));
        scraper.refuses("4");
        pass(Duration.ofSeconds(45));
        decided.clear();

        // When
        saturated("4");
        pass(Duration.ofSeconds(20));

        // Then
        assertThat(decided)
                .isNotEmpty()
                .allMatch(snapshot -> snapshot.hpaDesiredReplicas().orElseThrow() >= 4);

        // And it ends with the refusals
        refusedForEach = 0;
        pass(Duration.ofSeconds(60));
        assertThat(snapshot(trigger).hpaDesiredReplicas()).hasValue(1);
    }

    @Test
    void whatIsCountedByOnePodOnlyIsReadByThePollThatThereIs() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        saturated("1");
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(20));
        assertThat(scraper.requests).hasSizeLessThanOrEqualTo(11);
    }
}
