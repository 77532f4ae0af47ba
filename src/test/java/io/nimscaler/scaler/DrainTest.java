package io.nimscaler.scaler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.BodyFormat;
import io.nimscaler.exposition.Exposition;
import io.nimscaler.exposition.ExpositionReader;
import io.nimscaler.exposition.ReadLimits;
import io.nimscaler.exposition.SampleLine;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.nimscaler.poll.ScrapeResult.Scraped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether pods that go have the time that their requests take, from their histograms to the text. */
class DrainTest extends ScalersFixture {

    private static final Duration A_ROUND = Duration.ofSeconds(190);

    private static final String HISTOGRAM = "vllm:e2e_request_latency_seconds";

    /** A pod whose requests took so long: short ones half a second at most, long ones 40 to 50 seconds. */
    private void served(String pod, String histogram, int shortOnes, int longOnes) {
        String body = """
                gpu_cache_usage_perc 0.5
                NAME_bucket{engine="0",le="0.5"} SHORT
                NAME_bucket{engine="0",le="40.0"} SHORT
                NAME_bucket{engine="0",le="50.0"} ALL
                NAME_bucket{engine="0",le="+Inf"} ALL
                """.replace("NAME", histogram)
                .replace("SHORT", Integer.toString(shortOnes))
                .replace("ALL", Integer.toString(shortOnes + longOnes));
        scraper.answers(pod, request -> new Scraped(read(body, request)));
    }

    private static List<SampleLine> read(String body, ScrapeRequest request) {
        ExpositionReader reader = new ExpositionReader(request.wanted(), ReadLimits.DEFAULT, BodyFormat.TEXT);
        byte[] bytes = body.getBytes(UTF_8);
        reader.read(bytes, 0, bytes.length);
        return ((Exposition.Parsed) reader.finish()).series();
    }

    private static boolean asksForHistograms(ScrapeRequest request) {
        return !read(HISTOGRAM + "_bucket{le=\"+Inf\"} 1\n", request).isEmpty();
    }

    private static Pod pod(String name, long graceSeconds, boolean hasPreStop) {
        return FakePods.ready(name, LONG_AGO).drainsBy(Optional.of(new Pod.Drain(graceSeconds, hasPreStop)));
    }

    private List<String> warnings() {
        return Warning.of(snapshot(trigger)).stream()
                .filter(warning -> warning.reason().equals("DrainTooShort"))
                .map(Warning::text)
                .toList();
    }

    private Optional<DrainCheck> found() {
        return snapshot(trigger).circumstances().drain();
    }

    private void runs(Pod... fleet) {
        pods.has(fleet.length, fleet);
        scalers.put(ID, List.of(trigger), false, now);
        pass(A_ROUND);
    }

    @Test
    void podsThatAreKilledBeforeTheirRequestsAreDoneAreSaidWithWhatToChange() {
        served("1", HISTOGRAM, 900, 100);
        served("2", HISTOGRAM, 900, 100);
        runs(pod("1", 30, true), pod("2", 30, true));
        assertThat(warnings())
                .containsExactly(
                        "at least 1 in 100 of 2000 requests took longer than 40.0 s; terminationGracePeriodSeconds of 2 of 2 pods is 30,"
                                + " after which what still runs is killed: set it to 60 or more");
    }

    @Test
    void podsThatAreToldToEndWhileRequestsAreStillSentToThemAreSaid() {
        served("1", HISTOGRAM, 900, 100);
        served("2", HISTOGRAM, 900, 100);
        runs(pod("1", 120, true), pod("2", 120, false));
        assertThat(warnings())
                .containsExactly(
                        "at least 1 in 100 of 2000 requests took longer than 40.0 s; 1 of 2 pods without a preStop hook: such a pod must"
                                + " end while requests are still sent to it; add lifecycle.preStop.sleep.seconds: 15");
    }

    @Test
    void bothAreSaidAtOnce() {
        served("1", HISTOGRAM, 900, 100);
        runs(pod("1", 30, false));
        assertThat(warnings())
                .singleElement()
                .asString()
                .contains("terminationGracePeriodSeconds of 1 of 1 pod is 30", "1 of 1 pod without a preStop hook");
    }

    @ParameterizedTest
    @CsvSource({
        // short requests, long ones, grace, preStop; claim
        "900, 100, 30, true,  true",
        // How long they took between 40 and 50 seconds is not known
        "900, 100, 39, true,  true",
        "900, 100, 40, true,  false",
        "900, 100, 60, true,  false",
        "900, 100, 60, false, true",
        // The long ones are less than 1 in 100
        "900,   5, 30, true,  false",
        // Short requests are over before anybody has heard of it
        "900,   5, 30, false, false",
        // Nothing is told by so few requests
        " 40,  50, 30, false, false",
    })
    void claimIsMadeWhereRequestsTakeLonger(int shortOnes, int longOnes, long grace, boolean preStop, boolean claim) {
        served("1", HISTOGRAM, shortOnes, longOnes);
        runs(pod("1", grace, preStop));
        assertThat(warnings()).hasSize(claim ? 1 : 0);
        assertThat(found().map(DrainCheck::isShort))
                .isEqualTo(shortOnes + longOnes < 100 ? Optional.empty() : Optional.of(claim));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "e2e_request_latency_seconds",
                "vllm:e2e_request_latency_seconds",
                "ray_vllm_e2e_request_latency_seconds",
                "vllm_e2e_request_latency_seconds",
                "sglang:e2e_request_latency_seconds",
                "trtllm_e2e_request_latency_seconds"
            })
    void engineMayCallItByAnyOfItsNames(String histogram) {
        served("1", histogram, 900, 100);
        runs(pod("1", 30, true));
        assertThat(warnings()).hasSize(1);
    }

    @Test
    void nothingIsClaimedOfPodsOfWhichNobodySaysHowLongTheyGet() {
        served("1", HISTOGRAM, 900, 100);
        runs(FakePods.ready("1", LONG_AGO));
        assertThat(found()).isEmpty();
    }

    @Test
    void whatWasKnownOfTheFleetHoldsForPodsThatAreNew() {
        // Given
        served("1", HISTOGRAM, 900, 100);
        runs(pod("1", 30, false));
        assertThat(warnings()).hasSize(1);

        // When pods come in its stead, in the same way
        served("2", HISTOGRAM, 3, 0);
        pods.has(1, pod("2", 30, false));
        pass(A_ROUND);
        assertThat(warnings()).hasSize(1);

        // Then it ends with pods that are given the time
        served("3", HISTOGRAM, 3, 0);
        pods.has(1, pod("3", 70, true));
        pass(A_ROUND);
        assertThat(warnings()).isEmpty();
        assertThat(found().map(DrainCheck::isShort)).contains(false);
    }

    @Test
    void whatWasKnownEndsWithPodsOfAnEngineThatDoesNotTell() {
        served("1", HISTOGRAM, 900, 100);
        runs(pod("1", 30, false));
        assertThat(warnings()).hasSize(1);

        scraper.answers("2", _ -> FakeScraper.kv(.5));
        pods.has(1, pod("2", 30, false));
        pass(A_ROUND);
        assertThat(warnings()).hasSize(1);
        pass(A_ROUND);
        pass(A_ROUND);
        assertThat(found()).isEmpty();
    }

    @Test
    void histogramsAreReadOnceAMinute() {
        served("1", HISTOGRAM, 900, 100);
        runs(pod("1", 30, false));
        long withThem =
                scraper.requests.stream().filter(DrainTest::asksForHistograms).count();
        assertThat(withThem).isBetween(3L, 4L);
        assertThat(scraper.requests).hasSizeGreaterThan(90);
    }

    @Test
    void bodyThatIsBadInItsHistogramsIsReadWithoutThem() {
        scraper.answers(
                "1",
                request -> asksForHistograms(request)
                        ? new Failed(ScrapeFailure.MALFORMED, "no number")
                        : FakeScraper.kv(.5));
        pods.has(1, pod("1", 30, false));
        scalers.put(ID, List.of(trigger), false, now);
        for (int second = 0; second < 300; second++) {
            pass(Duration.ofSeconds(1));
            assertThat(pod(0).problem()).isEmpty();
        }
        assertThat(found()).isEmpty();
        assertThat(scraper.requests).filteredOn(DrainTest::asksForHistograms).hasSize(1);
    }
}
