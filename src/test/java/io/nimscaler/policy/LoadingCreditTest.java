package io.nimscaler.policy;

import static io.nimscaler.policy.Fleets.at;
import static io.nimscaler.policy.Fleets.fleet;
import static io.nimscaler.policy.Fleets.pods;
import static io.nimscaler.policy.Fleets.starting;
import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.policy.PodReading.Sampled;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Instant;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Four ready pods whose queue grows while four that were ordered for it still load. T = 0.70, 10 %. */
class LoadingCreditTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Trigger WITH = Triggers.immediate("metric", "serving_load", "loadingCredit", "true");
    private static final Trigger WITHOUT = Triggers.immediate("metric", "serving_load");

    private static Fleet.Known loading(double loadInTargets) {
        return fleet(8, pods(4, at(loadInTargets * .7 / 4), starting(), starting(), starting(), starting()));
    }

    private static long replicas(Fleet.Known fleet, Trigger trigger) {
        return Fleets.hpaEndsAt(new Policy(trigger).decide(fleet, START), trigger);
    }

    @ParameterizedTest(name = "a load for {0}: {1} without, {2} with")
    @CsvSource({"4, 8, 8", "8, 8, 8", "12, 12, 8", "12.7, 13, 8", "14, 14, 10", "20, 20, 16"})
    void onlyWhatTheStartingPodsWillNotTakeOverIsOrdered(double load, long without, long with) {
        assertThat(replicas(loading(load), WITHOUT)).isEqualTo(without);
        assertThat(replicas(loading(load), WITH)).isEqualTo(with);
    }

    @Test
    void loadThatFallsIsAnsweredAsWithoutIt() {
        Fleet.Known low = loading(1.5);
        assertThat(replicas(low, WITH)).isEqualTo(replicas(low, WITHOUT)).isEqualTo(2);
    }

    @Test
    void nothingIsCreditedOnceTheyAreReady() {
        Fleet.Known ready = fleet(8, pods(8, at(1.5 * .7)));
        assertThat(replicas(ready, WITH)).isEqualTo(12);
    }

    @Test
    void whatWasCreditedIsNotOrderedByTheSmoothedDemandEither() {
        // Given
        Trigger smooth =
                Triggers.with("metric", "serving_load", "loadingCredit", "true", "downscaleStabilizationWindow", "0s");
        Policy policy = new Policy(smooth);
        Instant now = START;

        // When: the queue is there while they load, and is taken over when they are ready
        for (int second = 0; second < 60; second++) {
            now = now.plusSeconds(1);
            policy.decide(loading(12), now);
        }
        Decision decision = policy.decide(fleet(8, Collections.nCopies(8, new Sampled(.7))), now.plusSeconds(1));

        // Then
        assertThat(Fleets.hpaEndsAt(decision, smooth)).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource({"serving_load", "nv_gpu_utilization"})
    void surgePodOfARolloutIsNotCredited(String metric) {
        // Given: four are wanted and there; the fifth takes the place of one of them
        Fleet.Known rollout = fleet(4, 5, pods(4, at(1.0), starting()));
        long with = replicas(rollout, Triggers.immediate("metric", metric, "loadingCredit", "true"));
        assertThat(with).isEqualTo(replicas(rollout, Triggers.immediate("metric", metric)));
        assertThat(replicas(rollout, WITH)).isEqualTo(6);
    }

    @Test
    void ofTwoThatStartInARolloutTheOneThatIsWantedIsCredited() {
        // 3 of 4 are there, 2 start: 4.5 - 0.7 for one of them
        Fleet.Known rollout = fleet(4, 5, pods(3, at(1.5), starting(), starting()));
        assertThat(replicas(rollout, WITH)).isEqualTo(6);
    }

    @Test
    void levelIsCreditedToo() {
        Trigger with = Triggers.immediate("metric", "nv_gpu_utilization", "loadingCredit", "true");
        Trigger without = Triggers.immediate("metric", "nv_gpu_utilization");
        Fleet.Known fleet = fleet(4, pods(3, at(1.2), starting()));
        assertThat(Stream.of(without, with).map(trigger -> replicas(fleet, trigger)))
                .containsExactly(6L, 4L);
    }
}
