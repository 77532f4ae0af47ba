package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Policy;
import io.nimscaler.policy.Scale;
import io.nimscaler.policy.Unserved;
import io.nimscaler.poll.NoSample;
import io.nimscaler.poll.Problem;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.signal.Sample;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** What somebody reads first, as it stands on the page and in REST. */
class HeadlineTest {

    private static final Optional<ReplicaBounds> NOBODY_SAYS = Optional.empty();
    private static final Optional<ReplicaBounds> ONE_TO_TEN = Optional.of(new ReplicaBounds(1, 10));

    private Trigger trigger = Triggers.immediate();
    private Policy policy = new Policy(trigger);
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private void of(Trigger other) {
        trigger = other;
        policy = new Policy(other);
    }

    private Snapshot after(Duration time, Fleet fleet, PodStatus... pods) {
        now = now.plus(time);
        return new Snapshot(new ScaledObjectId("ns", "llm"), trigger, policy.decide(fleet, now), List.of(pods));
    }

    private Snapshot at(Fleet fleet, PodStatus... pods) {
        return after(Duration.ofSeconds(1), fleet, pods);
    }

    private static Fleet.Known pods(int spec, double... values) {
        return fleet(
                spec,
                DoubleStream.of(values)
                        .<PodReading>mapToObj(PodReading.Sampled::new)
                        .toList());
    }

    private static Fleet.Known fleet(int spec, List<PodReading> readings) {
        return new Fleet.Known(new Scale(spec, spec), spec, readings);
    }

    private static Fleet.Known oneMissing() {
        List<PodReading> readings = new ArrayList<>(pods(4, .65, .65, .65).pods());
        readings.add(new PodReading.Missing(OptionalDouble.of(.65), Duration.ofSeconds(20)));
        return fleet(4, readings);
    }

    private static PodStatus sampled(String name, double value) {
        return new PodStatus(
                name,
                Optional.empty(),
                PodState.SAMPLED,
                Optional.of(new Sample(value, Instant.EPOCH)),
                Optional.empty());
    }

    private static PodStatus missing(String name, Problem problem) {
        return new PodStatus(name, Optional.empty(), PodState.MISSING, Optional.empty(), Optional.of(problem));
    }

    private static void says(Snapshot snapshot, Optional<ReplicaBounds> bounds, State state, String text) {
        assertThat(Headline.of(snapshot, bounds)).isEqualTo(text);
        assertThat(Standing.of(snapshot, bounds).state()).isEqualTo(state);
    }

    @Test
    void loadThatFitsIsNormal() {
        says(
                at(pods(4, .65, .65, .65, .65)),
                NOBODY_SAYS,
                State.NORMAL,
                "Stays at 4 replicas. Demand is 2.6, 93 % of what 4 replicas carry at the target.");
    }

    @Test
    void moreIsScalingUpAndTheMaximumIsSaid() {
        Snapshot busy = at(pods(3, .92, .88, .95));
        String load = "Demand is 2.75, 131 % of what 3 replicas carry at the target.";
        says(busy, NOBODY_SAYS, State.SCALING_UP, "Scales up from 3 to 4 replicas. " + load);
        says(busy, ONE_TO_TEN, State.SCALING_UP, "Scales up from 3 to 4 replicas. " + load);
        says(
                busy,
                Optional.of(new ReplicaBounds(1, 3)),
                State.AT_MAXIMUM,
                "Stays at 3 replicas, the maximum. The demand needs 4. " + load);
    }

    @Test
    void moreThanTheMaximumIsSaidOnTheWayThere() {
        of(Triggers.immediate("metric", "num_requests_waiting", "targetValue", "10"));
        says(
                at(pods(2, 100, 100)),
                Optional.of(new ReplicaBounds(1, 5)),
                State.SCALING_UP,
                "Scales up from 2 to 5 replicas, the maximum; the demand needs 20. Demand is 200, 1000 % of what 2 replicas carry at the"
                        + " target.");
    }

    @Test
    void fewerIsScalingDownAndTheMinimumIsSaid() {
        Snapshot idle = at(pods(4, .1, .1, .1, .1));
        String load = "Demand is 0.4, 14 % of what 4 replicas carry at the target.";
        says(idle, ONE_TO_TEN, State.SCALING_DOWN, "Scales down from 4 to 1 replica. " + load);
        says(
                idle,
                Optional.of(new ReplicaBounds(2, 10)),
                State.SCALING_DOWN,
                "Scales down from 4 to 2 replicas, the minimum; the demand needs 1. " + load);
        says(
                idle,
                Optional.of(new ReplicaBounds(4, 10)),
                State.NORMAL,
                "Stays at 4 replicas. The demand needs 1; 4 is the minimum. " + load);
    }

    @Test
    void stepThatTheLoadTookBackIsNamed() {
        // Given: of 4 replicas the load lets go one, and takes it back at once
        of(Triggers.with("metric", "serving_load", "targetValue", "0.80", "smoothingDown", "0s", "smoothingUp", "0s"));
        stays(Duration.ofMinutes(6), pods(4, .5, .5, .5, .5));
        stays(Duration.ofSeconds(10), pods(3, .9, .9, .9));

        // When
        Snapshot held = stays(Duration.ofMinutes(6), pods(4, .5, .5, .5, .5));

        // Then
        says(
                held,
                NOBODY_SAYS,
                State.WAITING,
                "Keeps 4 replicas for now. The demand needs 3; the load took back the step to 3 replicas within the last hour."
                        + " Demand is 2, 63 % of what 4 replicas carry at the target.");
        assertThat(Explanation.of(held))
                .endsWith("held at 4: the load took back a step down within the last hour (to 3)");
    }

    private Snapshot stays(Duration time, Fleet fleet) {
        Snapshot snapshot = at(fleet);
        for (int second = 1; second < time.toSeconds(); second++) {
            snapshot = at(fleet);
        }
        return snapshot;
    }

    @Test
    void twoWindowsAfterAStartAreWaitedFor() {
        of(Triggers.with("metric", "serving_load", "smoothingDown", "0s", "smoothingUp", "0s"));
        at(pods(4, .1, .1, .1, .1));
        Snapshot first = after(Duration.ofSeconds(10), pods(4, .1, .1, .1, .1));
        assertThat(Headline.of(first, NOBODY_SAYS)).contains("= 5m has been observed twice, 9m 50s to go.");
        assertThat(Explanation.of(first)).contains("(590s to go)");
        assertThat(Headline.of(stays(Duration.ofMinutes(5), pods(4, .1, .1, .1, .1)), NOBODY_SAYS))
                .contains("= 5m has been observed, 4m 50s to go.");
    }

    @Test
    void windowThatIsNotFullIsWaitedFor() {
        of(Triggers.withoutSteps());
        at(pods(4, .1, .1, .1, .1));
        says(
                after(Duration.ofSeconds(10), pods(4, .1, .1, .1, .1)),
                NOBODY_SAYS,
                State.WAITING,
                "Keeps 4 replicas for now. The demand needs 1; no replica is removed before downscaleStabilizationWindow = 5m has been"
                        + " observed, 4m 50s to go. Demand is 0.4, 14 % of what 4 replicas carry at the target.");
    }

    @Test
    void peakWithinTheWindowIsWaitedFor() {
        of(Triggers.withoutSteps());
        for (int i = 0; i < 40; i++) {
            after(Duration.ofSeconds(10), pods(4, .69, .69, .69, .69));
        }
        says(
                after(Duration.ofSeconds(10), pods(4, .1, .1, .1, .1)),
                NOBODY_SAYS,
                State.WAITING,
                "Keeps 4 replicas for now. The demand needs 1; it was higher within downscaleStabilizationWindow = 5m. Demand is 0.4, 14 %"
                        + " of what 4 replicas carry at the target.");
    }

    @Test
    void loadThatMustLastIsWaitedFor() {
        of(Triggers.with("smoothingUp", "0s", "upscaleStabilizationWindow", "1m"));
        at(pods(1, .5));
        says(
                after(Duration.ofSeconds(10), pods(1, .95)),
                NOBODY_SAYS,
                State.WAITING,
                "Keeps 1 replica for now. The demand needs 2; it must stay so high for upscaleStabilizationWindow = 1m. Demand is 0.95, 136 %"
                        + " of what 1 replica carries at the target.");
    }

    @Test
    void loadThatHasJustRisenIsNoReasonToHaveFewer() {
        of(Triggers.with("smoothingUp", "10m", "smoothingDown", "0s"));
        at(pods(4, .1, .1, .1, .1));
        Snapshot risen = after(Duration.ofSeconds(10), pods(4, .69, .69, .69, .69));
        assertThat(Standing.of(risen, NOBODY_SAYS).needed()).hasValue(4);
        assertThat(Standing.of(risen, NOBODY_SAYS).state()).isEqualTo(State.NORMAL);
    }

    @Test
    void missingPodIsTheCauseAndLeavesTheLoadOpen() {
        says(
                at(
                        oneMissing(),
                        sampled("1", .65),
                        sampled("2", .65),
                        sampled("3", .65),
                        missing("4", new Problem(ScrapeFailure.TIMEOUT, "no answer within 2s"))),
                NOBODY_SAYS,
                State.HOLDING,
                "Keeps 4 replicas. 1 of 4 pods does not answer: timeout: no answer within 2s. Demand is between 1.95 and 2.65; 4 replicas"
                        + " carry 2.8 at the target.");
    }

    @Test
    void podsThatAnswerWithoutTheMetricAreNotSilent() {
        Problem noMetric = new Problem(NoSample.NO_METRIC, "no series kv_cash_usage");
        Fleet none = fleet(
                2,
                List.of(
                        new PodReading.Missing(OptionalDouble.empty(), Duration.ZERO),
                        new PodReading.Missing(OptionalDouble.empty(), Duration.ZERO)));
        says(
                at(none, missing("1", noMetric), missing("2", new Problem(ScrapeFailure.STATUS, "got 503"))),
                NOBODY_SAYS,
                State.HOLDING,
                "Keeps 2 replicas. 2 of 2 pods give no data: no metric: no series kv_cash_usage; 1 other problem. Demand is unknown.");
    }

    @Test
    void unknownSaysWhatKedaGetsAndWhatTheHpaDoes() {
        Fleet none = fleet(1, List.of(new PodReading.Missing(OptionalDouble.empty(), Duration.ZERO)));
        PodStatus refused = missing("1", new Problem(ScrapeFailure.CANNOT_CONNECT, "connection refused"));
        at(none, refused);
        says(
                after(Duration.ofSeconds(31), none, refused),
                NOBODY_SAYS,
                State.UNKNOWN,
                "KEDA gets no value: no pod has given a sample for 30s. 1 of 1 pod does not answer: cannot connect: connection refused."
                        + " Demand is unknown. The HPA changes nothing, unless the ScaledObject has a fallback.");
        says(
                at(new Fleet.NotKnown("the API server does not answer")),
                NOBODY_SAYS,
                State.UNKNOWN,
                "KEDA gets no value: the API server does not answer. The HPA changes nothing, unless the ScaledObject has a"
                        + " fallback.");
    }

    @Test
    void startingPodsAreCounted() {
        PodReading one = new PodReading.Starting(Duration.ofSeconds(5), false);
        Fleet starting = fleet(2, List.of(one, one));
        says(
                at(starting),
                NOBODY_SAYS,
                State.HOLDING,
                "Keeps 2 replicas. 2 of 2 pods are starting. Demand is unknown.");
    }

    @Test
    void emptyFleetSleeps() {
        says(at(pods(0)), NOBODY_SAYS, State.NORMAL, "Sleeps at 0 replicas. KEDA wakes it when there is work.");
    }

    @Test
    void latencyIsSaidByNameAndUnit() {
        of(Triggers.immediate("metric", "time_to_first_token_seconds", "quantile", "0.95", "targetValue", "2"));
        Fleet slow = new Fleet.Known(
                new Scale(2, 2),
                2,
                List.of(new PodReading.Sampled(2.5), new PodReading.Sampled(2.1)),
                0,
                OptionalDouble.of(2.3),
                Unserved.NONE);
        assertThat(Headline.of(at(slow), NOBODY_SAYS))
                .endsWith("Time to first token (p95) is 2.3 s; the target is 2 s.");
    }

    @Test
    void waitingRequestsKeepReplicas() {
        Fleet.Known idle = pods(4, .1, .1, .1, .1);
        Fleet queue = new Fleet.Known(
                idle.scale(),
                idle.readyPods(),
                idle.pods(),
                0,
                OptionalDouble.empty(),
                Unserved.waiting(OptionalDouble.of(12)));
        says(
                at(queue),
                NOBODY_SAYS,
                State.KEEPING,
                "Keeps 4 replicas. 12 requests wait, and KV-cache usage does not show what they need. Demand is 0.4, 14 % of what 4"
                        + " replicas carry at the target.");
    }

    @Test
    void numbersAreShort() {
        assertThat(DoubleStream.of(0, 1, 2.5, 2.75, .05, 0.005, 123.456).mapToObj(Headline::number))
                .containsExactly("0", "1", "2.5", "2.75", "0.05", "0.005", "123.46");
    }
}
