package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.poll.NoSample;
import io.nimscaler.poll.ScrapeResult.Scraped;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code deciding.md}, rule 6: the queue that KV usage does not show. 4 pods at a KV usage of 0.1, no windows. */
class UnseenQueueTest extends ScalersFixture {

    private static final Trigger KV_USAGE = Triggers.immediate();

    private double waiting;
    private double running = 20;

    private void follows(Trigger trigger) {
        pods.has(
                4,
                FakePods.ready("1", LONG_AGO),
                FakePods.ready("2", LONG_AGO),
                FakePods.ready("3", LONG_AGO),
                FakePods.ready("4", LONG_AGO));
        for (String pod : List.of("1", "2", "3", "4")) {
            scraper.answers(
                    pod,
                    _ -> new Scraped(List.of(
                            gauge("gpu_cache_usage_perc", .1),
                            gauge("num_requests_running", running),
                            gauge("num_requests_waiting", waiting))));
        }
        scalers.put(ID, List.of(trigger), false, now);
    }

    private static SampleLine gauge(String name, double value) {
        return new SampleLine(name, Map.of(), value, OptionalLong.empty());
    }

    private void passAt(double requests, int seconds) {
        waiting = requests;
        pass(Duration.ofSeconds(seconds));
    }

    private boolean isHeldByTheQueue() {
        return snapshot(KV_USAGE).decision() instanceof Decision.Hold(HoldReason reason, var _)
                && reason == HoldReason.REQUESTS_WAITING;
    }

    @Test
    void queueThatIsEmptyForAPollReleasesNothing() {
        follows(KV_USAGE);
        for (int i = 0; i < 10; i++) {
            passAt(5, 3);
            assertThat(isHeldByTheQueue()).isTrue();
            Instant end = now.plusSeconds(6);
            while (now.isBefore(end)) {
                passAt(0, 1);
                assertThat(isHeldByTheQueue()).as("at %s", now).isTrue();
            }
        }
    }

    @Test
    void queueThatStaysEmptyEndsTheHoldWithStaleAfter() {
        follows(KV_USAGE);
        passAt(5, 10);
        passAt(0, 12);
        assertThat(isHeldByTheQueue()).isTrue();
        passAt(0, 8);
        assertThat(snapshot(KV_USAGE).decision()).isInstanceOf(Decision.Report.class);
    }

    /** What is said to be there and can not be read may be a queue of any length. */
    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -1})
    void queueOfWhichAPodSaysWhatCanNotBeIsUnknown(double impossible) {
        follows(KV_USAGE);
        passAt(5, 10);
        passAt(impossible, 40);
        assertThat(snapshot(KV_USAGE).decision()).isNotInstanceOf(Decision.Report.class);
        assertThat(snapshot(KV_USAGE).pods()).allSatisfy(pod -> {
            assertThat(pod.state()).isEqualTo(PodState.MISSING);
            assertThat(pod.problem().orElseThrow().reason()).isEqualTo(NoSample.BAD_VALUE);
            assertThat(pod.problem().orElseThrow().text()).contains("num_requests_waiting = ");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"serving_load", "num_requests_waiting"})
    void noSignalTakesAQueueThatIsNoNumberForNone(String metric) {
        Trigger trigger = Triggers.immediate("metric", metric, "targetValue", "0.85");
        follows(trigger);
        passAt(0, 10);
        passAt(Double.NaN, 40);
        assertThat(snapshot(trigger).pods())
                .allSatisfy(pod -> assertThat(pod.state()).isEqualTo(PodState.MISSING));
    }

    /** KV usage does not need how many run. */
    @Test
    void runningRequestsThatAreNoNumberMakeServingLoadUnknown() {
        Trigger trigger = Triggers.immediate("metric", "serving_load", "targetValue", "0.85");
        follows(trigger);
        pass(Duration.ofSeconds(10));
        running = Double.NaN;
        pass(Duration.ofSeconds(40));
        assertThat(snapshot(trigger).pods())
                .allSatisfy(pod -> assertThat(pod.state()).isEqualTo(PodState.MISSING));
    }
}
