package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.poll.NoSample;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.nimscaler.poll.ScrapeResult.Scraped;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Which pod is asked when and where, and what is read of its answer. */
class PollingTest extends ScalersFixture {

    @Test
    void eachPodIsAskedOnceAnIntervalAndAFleetSpreadsOverIt() {
        // Given
        Pod[] fleet = new Pod[200];
        for (int i = 0; i < fleet.length; i++) {
            fleet[i] = FakePods.ready("" + i, LONG_AGO);
            scraper.at("" + i, .5);
        }
        pods.has(200, fleet);
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(4));
        scraper.requests.clear();

        // When
        List<Integer> perHalfSecond = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int before = scraper.requests.size();
            pass(Duration.ofMillis(500));
            perHalfSecond.add(scraper.requests.size() - before);
        }

        // Then
        Map<String, Integer> times = new HashMap<>();
        scraper.requests.forEach(request -> times.merge(request.host(), 1, Integer::sum));
        assertThat(times).hasSize(200);
        assertThat(times.values()).containsOnly(1);
        assertThat(perHalfSecond).allSatisfy(number -> assertThat(number).isBetween(30, 70));
    }

    @Test
    void podWithAPortOfItsOwnIsAskedThereWhateverTheTriggerSays() {
        for (String port : List.of("8000", "9000", "metrics")) {
            scraper.requests.clear();
            pods.has(1, FakePods.ready("1", LONG_AGO).onlyAt(8001));
            scalers.put(ID, List.of(Triggers.with("port", port)), false, now);
            pass(Duration.ofSeconds(3));
            assertThat(scraper.requests).isNotEmpty().allMatch(request -> request.port() == 8001);
        }
    }

    @Test
    void longIntervalLeavesNothingUnknownAfterAStart() {
        // Given
        Trigger slow = Triggers.immediate("pollInterval", "5m");
        Trigger slowRate = Triggers.immediate("pollInterval", "5m", "metric", "rate(x_total)");
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.answers("1", _ -> body(.9, 20, 10, now.getEpochSecond() % 100_000));
        scalers.put(ID, List.of(slow, slowRate), false, now);

        // When, then: the gauge at once, the rate before unavailableAfter
        pass(Duration.ofSeconds(4));
        assertThat(demand(slow)).isCloseTo(.9, within(1e-9));
        for (int second = 4; second < 240; second++) {
            pass(Duration.ofSeconds(1));
            assertThat(snapshot(slowRate).decision()).isNotInstanceOf(Decision.Unknown.class);
        }
        assertThat(demand(slowRate)).isCloseTo(1, within(.1));
        assertThat(scraper.requests).hasSizeBetween(2, 3);
    }

    @Test
    void newPodsOfALongIntervalAreNotAskedInOneMoment() {
        Pod[] fleet = new Pod[200];
        for (int i = 0; i < fleet.length; i++) {
            fleet[i] = FakePods.ready("" + i, LONG_AGO);
        }
        pods.has(200, fleet);
        scalers.put(ID, List.of(Triggers.immediate("pollInterval", "5m")), false, now);
        for (int i = 0; i < 4; i++) {
            int before = scraper.requests.size();
            pass(Duration.ofMillis(500));
            assertThat(scraper.requests.size() - before).isBetween(25, 80);
        }
    }

    @Test
    void podThatHasNotAnsweredYetIsNotAskedAgain() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.holdsBack = true;
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(10));
        assertThat(scraper.requests).hasSize(1);
        scraper.release(FakeScraper.kv(.5));
        pass(Duration.ofSeconds(3));
        assertThat(scraper.requests).hasSize(2);
    }

    @Test
    void sampleIsAsOldAsItsQuestion() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.holdsBack = true;
        scalers.put(ID, List.of(trigger), false, now);
        Instant put = now;
        pass(Duration.ofSeconds(6));
        scraper.release(FakeScraper.kv(.5));
        pass(Duration.ofSeconds(1));
        assertThat(pod(0).sample().orElseThrow().readAt()).isBefore(put.plusSeconds(3));
    }

    @Test
    void autoPathTriesBothAndRemembersTheOneThatHadTheMetric() {
        // Given
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.answers(
                "1",
                request -> request.path().equals("/metrics")
                        ? FakeScraper.kv(.5)
                        : new Failed(ScrapeFailure.NOT_FOUND, "404"));

        // When
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(8));

        // Then
        assertThat(scraper.paths()).startsWith("/v1/metrics", "/metrics", "/metrics");
        assertThat(scraper.paths().stream().filter("/v1/metrics"::equals)).hasSize(1);
    }

    @Test
    void bodyWithoutTheMetricMakesAutoPathTryTheOther() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.answers(
                "1", request -> request.path().equals("/metrics") ? FakeScraper.kv(.5) : new Scraped(List.of()));
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(3));
        assertThat(pod(0).sample().orElseThrow().value()).isEqualTo(.5);
    }

    @Test
    void metricsOfTrtllmServeAreFoundBehindItsJson() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.answers("1", request -> switch (request.path()) {
            case "/prometheus/metrics" -> FakeScraper.kv(.5);
            case "/metrics" -> new Scraped(List.of());
            default -> new Failed(ScrapeFailure.NOT_FOUND, "404");
        });
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(8));
        assertThat(scraper.paths()).startsWith("/v1/metrics", "/metrics", "/prometheus/metrics");
        assertThat(scraper.paths().stream().skip(3)).containsOnly("/prometheus/metrics");
    }

    @Test
    void podThatRefusesIsAskedOnOnePathOnly() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(8));
        assertThat(scraper.paths()).containsOnly("/v1/metrics");
    }

    @Test
    void readableBodyWithoutTheMetricSaysMoreThanA404() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.answers(
                "1",
                request -> request.path().equals("/metrics")
                        ? new Failed(ScrapeFailure.NOT_FOUND, "404")
                        : new Scraped(List.of()));
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(3));
        assertThat(pod(0).problem().orElseThrow().reason()).isEqualTo(NoSample.NO_METRIC);
    }

    @Test
    void severalTriggersAskAnEndpointOnceAtTheShortestInterval() {
        // Given
        Trigger fast = Triggers.immediate("pollInterval", "1s");
        Trigger slow = Triggers.immediate("pollInterval", "5s", "metric", "num_requests_waiting");
        pods.has(1, FakePods.ready("1", LONG_AGO));

        // When
        scalers.put(ID, List.of(fast, slow), false, now);
        pass(Duration.ofSeconds(10));

        // Then
        assertThat(scraper.requests).hasSizeBetween(9, 11);
    }

    @Test
    void allThatTheTriggersWantIsReadFromOneBody() {
        // Given
        List<Trigger> triggers = List.of(
                trigger,
                Triggers.immediate("metric", "serving_load"),
                Triggers.immediate("metric", "rate(x_total)"),
                Triggers.immediate("metric", "time_to_first_token_seconds"));
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.answers("1", _ -> body(.9, 20, 10, now.getEpochSecond() % 100_000));

        // When
        scalers.put(ID, triggers, false, now);
        pass(Duration.ofSeconds(20));

        // Then
        assertThat(scraper.requests).hasSizeBetween(9, 11);
        assertThat(demand(triggers.get(0))).isCloseTo(.9, within(1e-9));
        assertThat(demand(triggers.get(1))).isCloseTo(.9 + 10 * .9 / 20, within(1e-9));
        assertThat(demand(triggers.get(2))).isCloseTo(1, within(.1));
        assertThat(snapshot(triggers.get(3)).decision())
                .isInstanceOfSatisfying(
                        Decision.Hold.class,
                        hold -> assertThat(hold.reason()).isEqualTo(HoldReason.TOO_FEW_OBSERVATIONS));
    }

    @Test
    void podThatCameWithinTheWindowOrdersNoOthersForWhatWasObservedBeforeIt() {
        // Given: one pod at three times the target, and a second one that comes to help
        Trigger latency = Triggers.immediate(
                "metric", "time_to_first_token_seconds", "quantile", "0.5", "targetValue", "0.5", "window", "40s");
        Instant began = now;
        scraper.answers("1", _ -> observations(Duration.between(began, now).toSeconds() * 10, "2.0"));
        scraper.answers("2", _ -> observations(Duration.between(began, now).toSeconds() * 10, "2.0"));
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scalers.put(ID, List.of(latency), false, now);
        pass(Duration.ofSeconds(20));
        assertThat(demand(latency)).isCloseTo(1, within(1e-6));

        // When, then
        Pod second = FakePods.ready("2", now);
        pods.has(2, FakePods.ready("1", LONG_AGO), second);
        pass(Duration.ofSeconds(38));
        assertThat(snapshot(latency).decision()).isInstanceOf(Decision.Hold.class);
        pass(Duration.ofSeconds(44)); // another window shows that it does not fall
        assertThat(demand(latency)).isCloseTo(2, within(1e-6));
    }

    /** While a queue drains, the latencies are those of requests that came before the pods that drain it. */
    @Test
    void podOrdersNoOthersForRequestsThatCameBeforeIt() {
        // Given: one pod, the requests of which wait for 32.5 s, and a second one that comes to help
        Trigger latency = Triggers.immediate(
                "metric", "time_to_first_token_seconds", "quantile", "0.5", "targetValue", "0.5", "window", "40s");
        Instant began = now;
        scraper.answers("1", _ -> observations(Duration.between(began, now).toSeconds() * 10, "64.0"));
        scraper.answers("2", _ -> observations(Duration.between(began, now).toSeconds() * 10, "64.0"));
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scalers.put(ID, List.of(latency), false, now);
        pass(Duration.ofSeconds(20));
        assertThat(demand(latency)).isCloseTo(1, within(1e-6));

        // When, then: the window begins with requests that came 32.5 s before it
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", now));
        pass(Duration.ofSeconds(72));
        assertThat(snapshot(latency).decision()).isInstanceOf(Decision.Hold.class);
        pass(Duration.ofSeconds(44));
        assertThat(demand(latency)).isCloseTo(2, within(1e-6));
    }

    @Test
    void podThatFailsItsProbesIsNoNewcomer() {
        // Given: two pods at nearly twice the target
        Trigger latency = Triggers.immediate(
                "metric", "time_to_first_token_seconds", "quantile", "0.5", "targetValue", "0.8", "window", "40s");
        Instant began = now;
        scraper.answers("1", _ -> observations(Duration.between(began, now).toSeconds() * 10, "2.0"));
        scraper.answers("2", _ -> observations(Duration.between(began, now).toSeconds() * 10, "2.0"));
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        scalers.put(ID, List.of(latency), false, now);
        pass(Duration.ofSeconds(60));
        assertThat(demand(latency)).isCloseTo(3, within(1e-6));

        // When one fails, and when it is ready again
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.unready("2", LONG_AGO));
        pass(Duration.ofSeconds(4));
        assertThat(demand(latency)).isCloseTo(3, within(1e-6));
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", now));
        pass(Duration.ofSeconds(4));

        // Then
        assertThat(demand(latency)).isCloseTo(3, within(1e-6));
    }

    private static Scraped observations(double count, String bound) {
        String name = "time_to_first_token_seconds_bucket";
        return new Scraped(List.of(
                new SampleLine(name, Map.of("le", "1.0"), 0, OptionalLong.empty()),
                new SampleLine(name, Map.of("le", bound), count, OptionalLong.empty()),
                new SampleLine(name, Map.of("le", "+Inf"), count, OptionalLong.empty())));
    }

    @Test
    void queueThatKvUsageDoesNotShowIsToldBesideIt() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.answers("1", _ -> body(.46, 256, 294, 0));
        Trigger load = Triggers.immediate("metric", "serving_load");
        scalers.put(ID, List.of(trigger, load), false, now);
        pass(Duration.ofSeconds(4));
        assertThat(snapshot(trigger).unseenLoad()).hasValue(294);
        assertThat(snapshot(trigger).isQueueUnseen()).isTrue();
        assertThat(snapshot(load).unseenLoad()).isEmpty();
    }

    @Test
    void queueBesideAFullKvCacheIsNotUnseen() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.answers("1", _ -> body(.97, 30, 57, 0));
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(4));
        assertThat(snapshot(trigger).isQueueUnseen()).isFalse();
    }

    private double demand(Trigger of) {
        return snapshot(of).decision().basis().demand().orElseThrow();
    }

    private static Scraped body(double kvUsage, double running, double waiting, double counter) {
        Map<String, Double> values = Map.of(
                "vllm:kv_cache_usage_perc", kvUsage,
                "vllm:num_requests_running", running,
                "vllm:num_requests_waiting", waiting,
                "x_total", counter);
        List<SampleLine> series = new ArrayList<>();
        values.forEach((name, value) -> series.add(new SampleLine(name, Map.of(), value, OptionalLong.empty())));
        series.add(new SampleLine(
                "vllm:time_to_first_token_seconds_bucket", Map.of("le", "+Inf"), 5, OptionalLong.empty()));
        series.add(new SampleLine("vllm:time_to_first_token_seconds_sum", Map.of(), 5, OptionalLong.empty()));
        return new Scraped(series);
    }

    @Test
    void podThatTakesOverAnAddressIsAnotherPod() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.at("1", .9);
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(4));
        Pod old = FakePods.ready("1", LONG_AGO);
        pods.has(1, new Pod("new", "new", old.access(), old.startup()));
        scraper.refuses("1");
        pass(Duration.ofSeconds(2));
        assertThat(pod(0).sample()).isEmpty();
    }
}
