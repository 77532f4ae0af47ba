package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.nimscaler.exposition.Bodies;
import io.nimscaler.exposition.MetricType;
import io.nimscaler.exposition.SampleLine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What pods take and refuse. */
class AdmissionTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration WINDOW = Duration.ofSeconds(20);

    private static SampleLine series(String name, double value, String... labels) {
        Map<String, String> all = new java.util.HashMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            all.put(labels[i], labels[i + 1]);
        }
        return new SampleLine(name, all, value, OptionalLong.empty());
    }

    private static List<SampleLine> vllm(double running, double waiting, double done, double refused) {
        return List.of(
                series("vllm:num_requests_running", running),
                series("vllm:num_requests_waiting", waiting),
                series("vllm:request_success_total", done, "finished_reason", "stop"),
                series("vllm:admission_rejections_total", refused, "reason", "max_num_queued_reqs"));
    }

    @Nested
    class OfAPod {

        private final AdmissionOfPod pod = new AdmissionOfPod(Optional.empty(), WINDOW);
        private long second;

        private Optional<Admission> next(List<SampleLine> body) {
            second += 2;
            return pod.read(body, START.plusSeconds(second));
        }

        @Test
        void whatWasDoneAndWhatIsMoreAtWorkWasTaken() {
            assertThat(next(vllm(8, 0, 100, 5))).isEmpty();
            assertThat(next(vllm(10, 4, 103, 12))).hasValue(new Admission(9, 7));
            assertThat(next(vllm(10, 4, 103, 12))).hasValue(new Admission(0, 0));
        }

        @ParameterizedTest
        @CsvSource({
            "max_num_queued_reqs, 5",
            "max_num_queued_tokens, 5",
            "max_model_len, 0",
            "invalid, 0",
            "'', 0",
        })
        void onlyReasonsOfCapacityCount(String reason, double expected) {
            List<SampleLine> before = new ArrayList<>(vllm(8, 0, 100, 0));
            List<SampleLine> after = new ArrayList<>(vllm(8, 0, 110, 0));
            before.set(3, series("vllm:admission_rejections_total", 7, "reason", reason));
            after.set(3, series("vllm:admission_rejections_total", 12, "reason", reason));
            next(before);
            assertThat(next(after)).hasValue(new Admission(10, expected));
        }

        @Test
        void aRestartCountsFromZeroAndWhatWasAtWorkIsLost() {
            next(vllm(10, 4, 5000, 900));
            assertThat(next(vllm(3, 0, 2, 1))).hasValue(new Admission(5, 1));
        }

        @Test
        void ofANewSeriesItIsNotKnownWhatItCountedBefore() {
            next(vllm(8, 0, 100, 5));
            List<SampleLine> two = new ArrayList<>(vllm(8, 0, 100, 5));
            two.add(series("vllm:admission_rejections_total", 70, "reason", "max_num_queued_tokens"));
            assertThat(next(two)).hasValue(new Admission(0, 0));
        }

        @ParameterizedTest
        @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -1, 1e21})
        void whatCanNotBeIsNeitherTakenNorRefused(double absurd) {
            next(vllm(8, 0, 100, 5));
            assertThat(next(vllm(8, 0, 100, absurd))).isEmpty();
            assertThat(next(vllm(8, 0, absurd, 5))).isEmpty();
            assertThat(next(vllm(absurd, 0, 100, 5))).isEmpty();
            assertThat(next(vllm(8, 0, 101, 7))).hasValue(new Admission(1, 2));
        }

        @Test
        void aGrowthThatCanNotBeIsNotCounted() {
            next(vllm(8, 0, 100, 0));
            assertThat(next(vllm(8, 0, 100, 1e19))).isEmpty();
            assertThat(next(vllm(8, 0, 100, 1e19))).hasValue(new Admission(0, 0));
        }

        @Test
        void whatWasCountedInAnOutageIsNotOfNow() {
            next(vllm(8, 0, 100, 5));
            second += 60;
            assertThat(next(vllm(8, 0, 400, 900))).isEmpty();
            assertThat(next(vllm(8, 0, 401, 903))).hasValue(new Admission(1, 3));
        }

        @Test
        void anEngineThatDoesNotSayIsNotKnown() {
            List<SampleLine> older = vllm(8, 0, 100, 0).subList(0, 3);
            assertThat(next(older)).isEmpty();
            assertThat(next(older)).isEmpty();
            List<SampleLine> withoutTaken =
                    List.of(series("vllm:admission_rejections_total", 1, "reason", "max_num_queued_reqs"));
            assertThat(next(withoutTaken)).isEmpty();
            assertThat(next(withoutTaken)).isEmpty();
        }

        @Test
        void aGaugeOfThatNameIsNoCounter() {
            List<SampleLine> body = new ArrayList<>(vllm(8, 0, 100, 5).subList(0, 3));
            body.set(
                    2,
                    new SampleLine(
                            "vllm:request_success_total", Map.of(), 100, OptionalLong.empty(), MetricType.GAUGE));
            body.add(new SampleLine(
                    "nv_inference_request_failure",
                    Map.of("reason", "REJECTED"),
                    3,
                    OptionalLong.empty(),
                    MetricType.GAUGE));
            body.add(series("nv_inference_request_success", 4));
            next(body);
            assertThat(next(body)).isEmpty();
        }

        @Test
        void onlyTheModelThatIsMeantCounts() {
            AdmissionOfPod ofOne = new AdmissionOfPod(Optional.of("a"), WINDOW);
            List<SampleLine> before = List.of(
                    series("nv_inference_request_success", 10, "model", "a"),
                    series("nv_inference_request_success", 10, "model", "b"),
                    series("nv_inference_request_failure", 1, "model", "a", "reason", "REJECTED"),
                    series("nv_inference_request_failure", 1, "model", "b", "reason", "REJECTED"),
                    series("nv_inference_request_failure", 1, "model", "a", "reason", "BACKEND"));
            List<SampleLine> after = List.of(
                    series("nv_inference_request_success", 13, "model", "a"),
                    series("nv_inference_request_success", 99, "model", "b"),
                    series("nv_inference_request_failure", 2, "model", "a", "reason", "REJECTED"),
                    series("nv_inference_request_failure", 77, "model", "b", "reason", "REJECTED"),
                    series("nv_inference_request_failure", 55, "model", "a", "reason", "BACKEND"));
            ofOne.read(before, START);
            assertThat(ofOne.read(after, START.plusSeconds(2))).hasValue(new Admission(3, 1));
        }

        @Test
        void ofSglangTheAnswersToRequestsTell() {
            next(sglang(100, 3, 0, 50));
            assertThat(next(sglang(104, 5, 4, 90))).hasValue(new Admission(4, 6));
        }

        private static List<SampleLine> sglang(double ok, double busy, double many, double probes) {
            String name = "sglang:http_responses_total";
            String path = "/v1/chat/completions";
            return List.of(
                    series(name, ok, "endpoint", path, "method", "POST", "status_code", "200"),
                    series(name, busy, "endpoint", path, "method", "POST", "status_code", "503"),
                    series(name, many, "endpoint", path, "method", "POST", "status_code", "429"),
                    series(name, probes, "endpoint", path, "method", "POST", "status_code", "400"),
                    series(name, probes, "endpoint", "/health_generate", "method", "GET", "status_code", "503"));
        }

        @Test
        void aRealBodyOfVllmSaysThatNothingIsRefused() {
            List<SampleLine> body = Bodies.real("vllm-0.32.0-saturated", List.copyOf(AdmissionOfPod.SERIES_NAMES));
            next(body);
            assertThat(next(body)).hasValue(new Admission(0, 0));
        }

        /** The sum over all scrapes is what came, however the counters are restarted, as far as it can be seen. */
        @Test
        void nothingIsCountedTwice() {
            Random random = new Random(7);
            double done = 0;
            double refused = 0;
            int atWork = 0;
            double came = 0;
            double turnedAway = 0;
            double counted = 0;
            double countedRefused = 0;
            next(vllm(atWork, 0, done, refused));
            for (int i = 0; i < 2000; i++) {
                int taken = random.nextInt(5);
                int ended = random.nextInt(atWork + taken + 1);
                int no = random.nextInt(3);
                atWork += taken - ended;
                done += ended;
                refused += no;
                came += taken;
                turnedAway += no;
                Admission admission = next(vllm(atWork, 0, done, refused)).orElseThrow();
                counted += admission.taken();
                countedRefused += admission.refused();
            }
            assertThat(counted).isEqualTo(came);
            assertThat(countedRefused).isEqualTo(turnedAway);
        }
    }

    @Nested
    class OfAFleet {

        private final AdmissionOfFleet fleet = new AdmissionOfFleet(WINDOW);
        private Optional<Admission> latest = Optional.empty();
        private long second;

        private void seconds(int length, int serving, double taken, double refused) {
            for (int i = 0; i < length; i++) {
                second++;
                fleet.add(new Admission(taken, refused));
                latest = fleet.at(START.plusSeconds(second), serving);
            }
        }

        @Test
        void isKnownOnceItWasWatchedForAQuarterOfTheWindow() {
            seconds(5, 1, 1, 3);
            assertThat(latest).isEmpty();
            seconds(1, 1, 1, 3);
            assertThat(latest).hasValue(new Admission(5, 15));
        }

        /** With a shorter window the queue would have grown in the other one alone, and the load would count too high. */
        @Test
        void whatFilledABoundedQueueDoesNotCountBesideWhatIsRefused() {
            AdmissionOfFleet watching = new AdmissionOfFleet(AdmissionOfFleet.window(Duration.ofSeconds(2)));
            long flow = WorkHistory.flowWindow(Duration.ofMinutes(1)).toSeconds();
            double done = 20;
            double came = 35;
            int bound = 300;
            double[] queue = new double[91];
            for (int at = 1; at <= 90; at++) {
                queue[at] = Math.min(bound, queue[at - 1] + came - done);
                double filled = queue[at] - queue[at - 1];
                watching.add(new Admission(done + filled, came - done - filled));
                Optional<Admission> seen = watching.at(START.plusSeconds(at), 3);
                if (at > flow) {
                    double load = done + (queue[at] - queue[at - (int) flow]) / flow;
                    assertThat(load * seen.orElseThrow().factor())
                            .as("%s s", at)
                            .isCloseTo(came, withinPercentage(5));
                }
            }
        }

        @Test
        void onlyTheWindowCounts() {
            seconds(60, 1, 1, 3);
            assertThat(latest).hasValue(new Admission(20, 60));
            seconds(30, 1, 2, 0);
            assertThat(latest).hasValue(new Admission(40, 0));
        }

        @Test
        void whatWasRefusedBeforeReplicasCameOrdersNoOthers() {
            seconds(60, 2, 2, 6);
            seconds(1, 5, 5, 0);
            Admission before = latest.orElseThrow();
            assertThat(before.factor()).isEqualTo(1);
            assertThat(before.isRefusing()).isTrue();
            seconds(10, 5, 5, 0);
            assertThat(latest.orElseThrow().refused()).isZero();
        }

        @Test
        void podsThatComeAndGoInARolloutDoNotHideIt() {
            for (int i = 0; i < 40; i++) {
                seconds(2, 5, 1, 3);
                seconds(2, 4, 1, 3);
            }
            assertThat(latest.orElseThrow().refused()).isGreaterThan(50);
        }

        @Test
        void ofWhatNoPodTellsNothingIsKnown() {
            for (int i = 0; i < 60; i++) {
                assertThat(fleet.at(START.plusSeconds(i), 3)).isEmpty();
            }
        }

        @Test
        void lessAtWorkThanBeforeIsNotLessThanNothingTaken() {
            seconds(20, 1, -1, 2);
            assertThat(latest).hasValue(new Admission(0, 38));
        }
    }

    @ParameterizedTest
    @CsvSource({"100, 0, 1", "0, 0, 1", "90, 10, 1.111", "50, 50, 2", "10, 990, 2", "0, 1, 2"})
    void theLoadIsAtMostDoubled(double taken, double refused, double factor) {
        assertThat(new Admission(taken, refused).factor()).isCloseTo(factor, within(.001));
    }
}
