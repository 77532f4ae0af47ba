package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.poll.NoSample;
import io.nimscaler.poll.PollRequest;
import io.nimscaler.poll.ScrapeResult.Scraped;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
        return gauge(name, Map.of(), value);
    }

    private static SampleLine gauge(String name, Map<String, String> labels, double value) {
        return new SampleLine(name, labels, value, OptionalLong.empty());
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

    /** A decode pod always has a few requests whose KV cache is on its way from a prefill pod. They do not wait for room. */
    @ParameterizedTest(name = "{0} of 4 deferred, {1} prompt tokens fetched: held {2}")
    @CsvSource({
        "4, 50000, false",
        "5, 50000, false",
        "3, 50000, true",
        "NaN, 50000, true",
        ", 50000, true",
        "4, 0, true",
        "4, , true"
    })
    void requestsWhoseCacheIsOnItsWayHoldNothing(Double deferred, Double fetched, boolean held) {
        follows(KV_USAGE);
        List<SampleLine> body = new ArrayList<>(List.of(
                gauge("vllm:kv_cache_usage_perc", .1),
                gauge("vllm:num_requests_running", 20),
                gauge("vllm:num_requests_waiting", 4)));
        if (deferred != null) {
            body.add(gauge("vllm:num_requests_waiting_by_reason", Map.of("reason", "deferred"), deferred));
        }
        if (fetched != null) {
            body.add(gauge("vllm:prompt_tokens_by_source_total", Map.of("source", "external_kv_transfer"), fetched));
        }
        PollRequest request = PollRequest.of(KV_USAGE);
        List<SampleLine> read = body.stream()
                .filter(series -> request.names().contains(series.name())
                        || request.beside().contains(series.name()))
                .toList();
        for (String pod : List.of("1", "2", "3", "4")) {
            scraper.answers(pod, _ -> new Scraped(read));
        }
        pass(Duration.ofSeconds(20));

        assertThat(isHeldByTheQueue()).isEqualTo(held);
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
