package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.nimscaler.poll.ScrapeResult.Scraped;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A pod's problem says at which address and on which path the pod was asked. */
class WhereItWasAskedTest extends ScalersFixture {

    private static final Failed LATE = new Failed(ScrapeFailure.TIMEOUT, "no response within 2 s");
    private static final Failed NOT_FOUND = new Failed(ScrapeFailure.NOT_FOUND, "expected status 200, got 404");
    private static final Failed BUSY = new Failed(ScrapeFailure.STATUS, "expected status 200, got 503");
    private static final Scraped OTHER = new Scraped(List.of(new SampleLine("up", Map.of(), 1, OptionalLong.empty())));
    private static final Scraped IMPOSSIBLE =
            new Scraped(List.of(new SampleLine("gpu_cache_usage_perc", Map.of(), 7, OptionalLong.empty())));

    static Stream<Arguments> answers() {
        return Stream.of(
                Arguments.of(
                        List.of("path", "/v1/metrics"),
                        always(LATE),
                        "timeout: no response within 2 s at 10.0.0.1:8000/v1/metrics"),
                Arguments.of(
                        List.of("path", "/m?token=s3cret", "port", "9000", "scheme", "https"),
                        always(BUSY),
                        "status: expected status 200, got 503 at https://10.0.0.1:9000/m"),
                Arguments.of(
                        List.of(),
                        always(NOT_FOUND),
                        "not_found: expected status 200, got 404 at 10.0.0.1:8000/v1/metrics, /metrics,"
                                + " /prometheus/metrics"),
                Arguments.of(
                        List.of(),
                        byPath("/metrics", BUSY),
                        "status: expected status 200, got 503 at 10.0.0.1:8000/metrics"),
                Arguments.of(
                        List.of(),
                        byPath("/v1/metrics", OTHER),
                        "no_metric: no series gpu_cache_usage_perc, by any engine's name at 10.0.0.1:8000/v1/metrics"),
                Arguments.of(
                        List.of(),
                        byPath("/metrics", IMPOSSIBLE),
                        "bad_value: gpu_cache_usage_perc = 7.0, expected a ratio of at most 1 (1 means 100 %), not a"
                                + " percentage at 10.0.0.1:8000/metrics"));
    }

    private static Function<ScrapeRequest, ScrapeResult> always(ScrapeResult result) {
        return _ -> result;
    }

    private static Function<ScrapeRequest, ScrapeResult> byPath(String path, ScrapeResult result) {
        return request -> request.path().equals(path) ? result : NOT_FOUND;
    }

    @ParameterizedTest
    @MethodSource("answers")
    void problemNamesAddressPortAndPath(
            List<String> keys, Function<ScrapeRequest, ScrapeResult> answer, String expected) {
        Trigger asked = Triggers.immediate(keys.toArray(String[]::new));
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.answers("1", answer);
        scalers.put(ID, List.of(asked), false, now);
        pass(Duration.ofSeconds(4));
        assertThat(snapshot(asked).pods().getFirst().problem().orElseThrow().text())
                .isEqualTo(expected);
    }

    @Test
    void addressOfVersionSixStandsInBrackets() {
        pods.has(
                1,
                new Pod(
                        "1",
                        "1",
                        Pod.Access.at(Optional.of("fd00::7"), Map.of()),
                        Pod.Startup.ready(LONG_AGO, LONG_AGO)));
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(4));
        assertThat(pod(0).problem().orElseThrow().text())
                .isEqualTo("cannot_connect: connection refused at [fd00::7]:8000/v1/metrics");
    }

    @Test
    void longPathDoesNotHideTheRest() {
        Trigger asked = Triggers.immediate("path", "/" + "x".repeat(240));
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scalers.put(ID, List.of(asked), false, now);
        pass(Duration.ofSeconds(4));
        assertThat(snapshot(asked).pods().getFirst().problem().orElseThrow().where())
                .hasValueSatisfying(where ->
                        assertThat(where).startsWith("10.0.0.1:8000/xxx").hasSize(201));
    }

    @Test
    void loadThatIsUnknownNamesThePodsBehindIt() {
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(40));
        String cannotRead = "; cannot read 1 (cannot_connect: connection refused at 10.0.0.1:8000/v1/metrics),"
                + " 2 (cannot_connect: connection refused at 10.0.0.2:8000/v1/metrics)";
        assertThat(Explanation.ofPodsBehindUnknown(snapshot(trigger))).isEqualTo(cannotRead);
        assertThat(Explanation.of(snapshot(trigger)))
                .isEqualTo("2 missing; unknown: no pod has given a sample for 30s" + cannotRead);
        assertThat(Headline.of(snapshot(trigger), Optional.empty()))
                .contains("2 of 2 pods do not answer: cannot connect: connection refused at 10.0.0.1:8000/v1/metrics;"
                        + " 1 more the same.");
    }

    @Test
    void loadThatIsKnownHasNoPodsBehindIt() {
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        scraper.at("1", .5);
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(40));
        assertThat(snapshot(trigger).unreadablePods()).hasSize(1);
        assertThat(Explanation.ofPodsBehindUnknown(snapshot(trigger))).isEmpty();
    }
}
