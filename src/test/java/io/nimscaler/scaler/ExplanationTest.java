package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.Bodies;
import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Policy;
import io.nimscaler.policy.Scale;
import io.nimscaler.poll.ScrapeResult.Scraped;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.wake.Wake;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What people read of a decision. */
class ExplanationTest extends ScalersFixture {

    private final Trigger latency = Triggers.immediate(
            "metric", "time_to_first_token_seconds", "quantile", "0.9", "targetValue", "0.5", "window", "20s");

    private void threePodsWithoutTraffic() {
        pods.has(
                3,
                IntStream.rangeClosed(1, 3)
                        .mapToObj(pod -> FakePods.ready("" + pod, LONG_AGO))
                        .toArray(Pod[]::new));
        List.of("1", "2", "3")
                .forEach(pod -> scraper.answers(
                        pod,
                        _ -> new Scraped(Bodies.ofCase(
                                "latency-without-traffic", latency.signal().seriesNames()))));
        scalers.put(ID, List.of(latency), false, now);
        // Not a whole window, after which so little traffic says that few replicas are enough
        pass(Duration.ofSeconds(15));
    }

    @Test
    void podsThatAnswerWithoutEnoughObservationsAreSaidToAnswer() {
        threePodsWithoutTraffic();
        assertThat(Explanation.of(snapshot(latency)))
                .isEqualTo("3 answered, none with enough observations; held at 3: too few observations");
    }

    @Test
    void quietPodIsNotAmongTheSampled() {
        threePodsWithoutTraffic();
        var basis = snapshot(latency).decision().basis().known().orElseThrow();
        assertThat(basis.counts().quiet()).isEqualTo(3);
        assertThat(basis.counts().sampled()).isZero();
        assertThat(basis.carried()).isEmpty();
    }

    @Test
    void podThatIsWrittenOffIsNotSaidToBeSampled() {
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        scraper.at("1", .9);
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofMinutes(6));
        assertThat(Explanation.of(snapshot(trigger)))
                .startsWith("1 sampled with mean 0.900, 1 missing for long, counted as the mean; ");
        assertThat(snapshot(trigger).pods())
                .extracting(PodStatus::state)
                .containsExactly(PodState.SAMPLED, PodState.MISSING);
    }

    @Test
    void fleetThatIsNotKnownHasNoNumbers() {
        pods.says(new Observation.NotKnown("the API server does not answer"));
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(4));
        assertThat(Explanation.of(snapshot(trigger))).isEqualTo("unknown: the API server does not answer");
    }

    @Test
    void whatIsAskedBackIsSaidToBe() {
        Policy policy = new Policy(trigger);
        Fleet five = new Fleet.Known(new Scale(5, 5), 5, Collections.nCopies(5, new PodReading.Sampled(.68)));
        for (int i = 0; i < 70; i++) {
            now = now.plusSeconds(1);
            assertThat(Explanation.of(new Snapshot(ID, trigger, policy.decide(five, now), List.of())))
                    .doesNotContain("something else took");
        }
        Fleet one = new Fleet.Known(new Scale(1, 1), 0, List.of(new PodReading.Starting(Duration.ofSeconds(1), false)));
        now = now.plusSeconds(1);
        assertThat(Explanation.of(new Snapshot(ID, trigger, policy.decide(one, now), List.of())))
                .isEqualTo("1 starting; demand 3.400 / 0.700 → 5 replicas: something else took replicas away,"
                        + " so the highest load of the downscale window counts");
    }

    @Test
    void wakeSourceWithoutANumberHasNone() {
        assertThat(Explanation.ofWake(new Wake.Quiet("gateway", OptionalDouble.of(0))))
                .isEqualTo("wake source gateway: demand 0.000");
        assertThat(Explanation.ofWake(new Wake.Quiet("gateway", OptionalDouble.empty())))
                .isEqualTo("wake source gateway: no demand");
    }
}
