package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.exposition.Series;
import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.ScrapeResult.Failed;
import io.nimscaler.scaler.ScrapeResult.Scraped;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The use case through its ports, with time in the test's hand. */
class ScalersTest {

    private static final ScaledObjectId ID = new ScaledObjectId("ns", "llm");
    private static final Instant LONG_AGO = Instant.parse("2025-12-31T00:00:00Z");

    private final FakePods pods = new FakePods();
    private final FakeScraper scraper = new FakeScraper();
    private final List<Snapshot> decided = new ArrayList<>();
    private final Scalers scalers = new Scalers(pods, scraper, WakeSources.none(), GpuExporters.none(), decided::add);
    private final Trigger trigger = Triggers.immediate();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private void pass(Duration time) {
        Instant end = now.plus(time);
        while (now.isBefore(end)) {
            now = now.plusMillis(50);
            scalers.tick(ID, now);
        }
    }

    private Snapshot snapshot(Trigger of) {
        return scalers.snapshot(ID, of).orElseThrow();
    }

    private PodStatus pod(int index) {
        return snapshot(trigger).pods().get(index);
    }

    @Test
    void sampledFleetIsReported() {
        // Given
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        scraper.at("1", .9);
        scraper.at("2", .95);

        // When
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(4));

        // Then
        assertThat(snapshot(trigger).answer()).isEqualTo(new Answer.Value(1850));
        assertThat(decided).last().isEqualTo(snapshot(trigger));
    }

    @Test
    void fleetThatIsNotKnownIsUnknownThoughItsPodsWereSampled() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.at("1", .5);
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(4));
        pods.says(new Observation.NotKnown("forbidden"));
        pass(Duration.ofSeconds(2));
        assertThat(snapshot(trigger).answer()).isEqualTo(new Answer.Unavailable("forbidden"));
    }

    @Test
    void fleetOverTheBoundIsUnknownAndNothingOfItIsCut() {
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        scraper.at("1", .9);
        scraper.at("2", .95);
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(4));

        for (Scale huge :
                List.of(new Scale(5_001, 2), new Scale(2, Integer.MAX_VALUE), new Scale(Integer.MAX_VALUE, 2))) {
            pods.has(huge, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
            pass(Duration.ofSeconds(2));
            assertThat(snapshot(trigger).answer())
                    .isEqualTo(new Answer.Unavailable(
                            "expected at most 5000 pods, got " + Math.max(huge.spec(), huge.status())));
        }

        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        pass(Duration.ofSeconds(2));
        assertThat(snapshot(trigger).answer()).isEqualTo(new Answer.Value(1850));
    }

    @Test
    void podThatIsOffLimitsIsNeverAskedAndNeverReadsAsLowLoad() {
        // Given
        pods.has(
                2,
                FakePods.ready("1", LONG_AGO).offLimits("it uses its node's network"),
                FakePods.ready("2", LONG_AGO));
        scraper.at("1", 0);
        scraper.at("2", .1);

        // When
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofMinutes(1));

        // Then
        assertThat(scraper.requests)
                .isNotEmpty()
                .allMatch(request -> request.host().equals("10.0.0.2"));
        assertThat(pod(0).state()).isEqualTo(PodState.MISSING);
        assertThat(pod(0).problem())
                .hasValue(new PodStatus.Problem(ScrapeFailure.NOT_ALLOWED, "it uses its node's network"));
        // It counts as T, so that its replica stays: 0.1 + 0.70
        assertThat(snapshot(trigger).answer()).isEqualTo(new Answer.Value(800));
    }

    @Test
    void triggersOfOneMetricHaveNamesInTheirOrderWhichOutliveAnEdit() {
        Trigger second = Triggers.immediate("targetValue", "0.5");
        Trigger third = Triggers.immediate("targetValue", "0.6", "port", "9000");
        Trigger edited = Triggers.immediate("targetValue", "0.4");
        scalers.put(ID, List.of(trigger, second, third), false, now);
        pass(Duration.ofSeconds(1));
        assertThat(List.of(trigger, second, third))
                .extracting(of -> snapshot(of).triggerName())
                .containsExactly("gpu_cache_usage_perc", "gpu_cache_usage_perc-2", "gpu_cache_usage_perc-3");

        scalers.put(ID, List.of(edited, trigger, third), false, now);
        pass(Duration.ofSeconds(1));
        assertThat(List.of(edited, trigger, third))
                .extracting(of -> snapshot(of).triggerName())
                .containsExactly("gpu_cache_usage_perc-2", "gpu_cache_usage_perc", "gpu_cache_usage_perc-3");
    }

    @Test
    void shadowDecidesBesideWhatIsReportedAndIsNotFoundInItsPlace() {
        // Given
        Trigger both = Triggers.immediate("shadow.targetValue", "0.4");
        Trigger shadow = both.shadow().orElseThrow();
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        scraper.at("1", .9);
        scraper.at("2", .95);

        // When
        scalers.put(ID, List.of(both), false, now);
        pass(Duration.ofSeconds(4));

        // Then
        assertThat(snapshot(both).hpaDesiredReplicas()).hasValue(3);
        assertThat(scalers.snapshot(ID, shadow)).isEmpty();
        assertThat(scalers.snapshots()).extracting(Snapshot::shadow).containsExactly(false, true);
        Snapshot beside = scalers.snapshots().getLast();
        assertThat(beside.triggerName()).isEqualTo(snapshot(both).triggerName());
        assertThat(beside.hpaDesiredReplicas()).hasValue(5);
        assertThat(scraper.requests).hasSizeBetween(4, 6);
    }

    @Test
    void whatIsReportedIsTheSameWithAndWithoutAShadow() {
        Trigger plain = Triggers.with();
        Trigger both = Triggers.with("shadow.metric", "num_requests_waiting", "shadow.targetValue", "4");
        List<Decision> without = decisionsOnALife(plain);
        now = Instant.parse("2026-01-01T00:00:00Z");
        assertThat(decisionsOnALife(both)).isEqualTo(without).hasSizeGreaterThan(100);
    }

    private List<Decision> decisionsOnALife(Trigger of) {
        FakePods fleet = new FakePods();
        FakeScraper answers = new FakeScraper();
        List<Snapshot> made = new ArrayList<>();
        Scalers own = new Scalers(fleet, answers, WakeSources.none(), GpuExporters.none(), made::add);
        Random random = new Random(5);
        own.put(ID, List.of(of), false, now);
        for (int second = 0; second < 120; second++) {
            if (second % 10 == 0) {
                fleet.has(1 + random.nextInt(3), FakePods.ready("1", LONG_AGO), FakePods.starting("2", now));
                if (random.nextBoolean()) {
                    answers.at("1", random.nextDouble());
                } else {
                    answers.refuses("1");
                }
            }
            now = now.plusSeconds(1);
            own.tick(ID, now);
        }
        return made.stream()
                .filter(snapshot -> !snapshot.shadow())
                .map(Snapshot::decision)
                .toList();
    }

    @Test
    void shadowGoesWithItsKeysAndIsNotWaitedFor() {
        // Given a shadow whose signal no pod has
        Trigger both =
                Triggers.immediate("shadow.metric", "not_there", "shadow.targetValue", "4", "unavailableAfter", "0s");
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.at("1", .5);
        scalers.put(ID, List.of(both), false, now);
        pass(Duration.ofSeconds(20));
        assertThat(scalers.snapshots().getLast().decision()).isInstanceOf(Decision.Unknown.class);
        assertThat(scalers.allHaveDecided()).isTrue();

        // When
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(2));

        // Then
        assertThat(scalers.snapshots()).extracting(Snapshot::shadow).containsExactly(false);
    }

    @Test
    void removedScaledObjectIsAskedNoMore() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(4));
        scalers.remove(ID);
        int before = scraper.requests.size();
        pass(Duration.ofSeconds(10));
        assertThat(scraper.requests).hasSize(before);
        assertThat(scalers.snapshot(ID, trigger)).isEmpty();
    }

    @Test
    void snapshotOfAScalerThatStoppedDecidingIsNotCurrent() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(1));
        Instant decidedAt = snapshot(trigger).decision().basis().at();
        assertThat(snapshot(trigger).isCurrent(decidedAt.plusSeconds(15))).isTrue();
        assertThat(snapshot(trigger).isCurrent(decidedAt.plusSeconds(16))).isFalse();
    }

    @Nested
    class PodStates {

        @Test
        void podThatWasNeverReadyIsStartingWhateverItAnswers() {
            pods.has(1, FakePods.starting("1", now));
            scraper.at("1", .9);
            scalers.put(ID, List.of(trigger), false, now);
            pass(Duration.ofSeconds(4));
            assertThat(pod(0).state()).isEqualTo(PodState.STARTING);
            assertThat(pod(0).sample().orElseThrow().value()).isEqualTo(.9);
        }

        @Test
        void podThatBecameUnreadyAfterHavingBeenReadyIsNotStarting() {
            pods.has(1, FakePods.ready("1", LONG_AGO));
            scalers.put(ID, List.of(trigger), false, now);
            pass(Duration.ofSeconds(1));
            pods.has(1, FakePods.starting("1", LONG_AGO));
            pass(Duration.ofSeconds(2));
            assertThat(pod(0).state()).isEqualTo(PodState.MISSING);
        }

        @Test
        void unreadyPodWithAFreshSampleIsSampled() {
            pods.has(1, FakePods.unready("1", LONG_AGO));
            scraper.at("1", .9);
            scalers.put(ID, List.of(trigger), false, now);
            pass(Duration.ofSeconds(4));
            assertThat(pod(0).state()).isEqualTo(PodState.SAMPLED);
        }

        @Test
        void podThatHasJustBecomeReadyIsStartingUntilItsFirstSampleOrStaleAfter() {
            pods.has(1, FakePods.ready("1", now));
            scalers.put(ID, List.of(trigger), false, now);
            pass(Duration.ofSeconds(14));
            assertThat(pod(0).state()).isEqualTo(PodState.STARTING);
            pass(Duration.ofSeconds(2));
            assertThat(pod(0).state()).isEqualTo(PodState.MISSING);
        }

        @Test
        void sampleIsUsedUntilItIsStale() {
            // Given
            pods.has(1, FakePods.ready("1", LONG_AGO));
            scraper.at("1", .5);
            scalers.put(ID, List.of(trigger), false, now);
            pass(Duration.ofSeconds(4));

            // When
            scraper.refuses("1");
            pass(Duration.ofSeconds(12));
            PodState before = pod(0).state();
            pass(Duration.ofSeconds(6));

            // Then
            assertThat(before).isEqualTo(PodState.SAMPLED);
            assertThat(pod(0).state()).isEqualTo(PodState.MISSING);
            assertThat(pod(0).problem().orElseThrow().reason()).isEqualTo(ScrapeFailure.CANNOT_CONNECT);
        }

        @Test
        void replicasThatAreWantedAndNotInTheWatchYetAreStarting() {
            pods.has(new Scale(10, 4), FakePods.ready("1", LONG_AGO));
            scraper.at("1", 1.0);
            scalers.put(ID, List.of(trigger), false, now);
            pass(Duration.ofSeconds(4));
            assertThat(snapshot(trigger).decision().basis().arithmetic().starting())
                    .isEqualTo(9);
            assertThat(snapshot(trigger).decision())
                    .isInstanceOfSatisfying(
                            Decision.Hold.class,
                            hold -> assertThat(hold.reason()).isEqualTo(HoldReason.UNDECIDED));
        }

        @Test
        void awaitedReplicasThatNeverComeAreStuckAfterTheDeadline() {
            Trigger hasty = Triggers.immediate("startingDeadline", "60s");
            pods.has(2, FakePods.ready("1", LONG_AGO));
            scraper.at("1", .5);
            scalers.put(ID, List.of(hasty), false, now);
            pass(Duration.ofSeconds(63));
            assertThat(snapshot(hasty).decision().basis().arithmetic().stuck()).isEqualTo(1);
        }

        @Test
        void podThatNeverStartsIsStuckAfterTheDeadlineThoughTheClustersClockIsAheadOfOurs() {
            Trigger short1 = Triggers.immediate("startingDeadline", "1m");
            pods.has(1, FakePods.starting("1", now.plus(Duration.ofDays(1))));
            scalers.put(ID, List.of(short1), false, now);
            pass(Duration.ofSeconds(58));
            assertThat(snapshot(short1).decision()).isInstanceOf(Decision.Hold.class);
            pass(Duration.ofSeconds(5));
            assertThat(snapshot(short1).decision()).isInstanceOf(Decision.Unknown.class);
        }

        @Test
        void replicasThatAreThereButUnseenAreNotWrittenOffAsStuck() {
            // Given: the scale target says that 8 are there, and our watch shows 4
            Trigger hasty = Triggers.immediate("startingDeadline", "60s");
            Pod[] seen = new Pod[4];
            for (int i = 0; i < seen.length; i++) {
                seen[i] = FakePods.ready("" + i, LONG_AGO);
                scraper.at("" + i, .6);
            }
            pods.has(new Scale(8, 8), seen);
            scalers.put(ID, List.of(hasty), false, now);

            // When
            pass(Duration.ofSeconds(90));

            // Then
            assertThat(snapshot(hasty).decision().basis().arithmetic().missing())
                    .isEqualTo(4);
            assertThat(snapshot(hasty).decision()).isInstanceOf(Decision.Hold.class);
        }

        @Test
        void afterAStartAPodThatWasNotAskedYetIsNoLongMissingOne() {
            // Given: the hot pod answers first
            pods.has(3, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO), FakePods.ready("3", LONG_AGO));
            scraper.at("1", 1.0);

            // When
            scalers.put(ID, List.of(trigger), false, now);
            pass(Duration.ofSeconds(4));

            // Then: held, not averaged over pods that nobody has read
            assertThat(snapshot(trigger).decision().basis().arithmetic().missing())
                    .isEqualTo(2);
            assertThat(snapshot(trigger).decision()).isInstanceOf(Decision.Hold.class);
        }

        @Test
        void podThatIsMissingForFiveMinutesCountsAsTheMeanOfTheOthers() {
            pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
            scraper.at("1", .9);
            scraper.at("2", .9);
            scalers.put(ID, List.of(trigger), false, now);
            pass(Duration.ofSeconds(4));
            scraper.refuses("2");
            pass(Duration.ofMinutes(5));
            assertThat(snapshot(trigger).decision().basis().arithmetic().missing())
                    .isEqualTo(1);
            pass(Duration.ofSeconds(30));
            assertThat(snapshot(trigger).decision().basis().arithmetic().missing())
                    .isZero();
            assertThat(snapshot(trigger).decision().basis().demand().orElseThrow())
                    .isCloseTo(1.8, within(1e-9));
        }

        @Test
        void outageOfAllPodsIsNoPatienceWithOne() {
            // Given
            pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
            scraper.at("1", .9);
            scraper.at("2", .1);
            scalers.put(ID, List.of(trigger), false, now);
            pass(Duration.ofSeconds(4));

            // When: none answers for ten minutes, and then one does
            scraper.refuses("1");
            scraper.refuses("2");
            pass(Duration.ofMinutes(10));
            scraper.at("1", .9);
            pass(Duration.ofSeconds(4));

            // Then
            assertThat(snapshot(trigger).decision().basis().arithmetic().missing())
                    .isEqualTo(1);
        }

        @Test
        void badValueIsNoSampleAndSaysWhy() {
            pods.has(1, FakePods.ready("1", LONG_AGO));
            scraper.at("1", 38);
            scalers.put(ID, List.of(trigger), false, now);
            pass(Duration.ofSeconds(20));
            assertThat(pod(0).state()).isEqualTo(PodState.MISSING);
            assertThat(pod(0).problem().orElseThrow().detail()).contains("is it in percent?");
        }

        @Test
        void bodyThatIsOldByItsOwnTimestampsIsNoSampleAndSaysWhy() {
            pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
            scraper.at("1", .66);
            scraper.at("2", .66);
            scalers.put(ID, List.of(trigger), false, now);
            pass(Duration.ofSeconds(4));

            // An exporter that goes on telling what it once read
            long old = now.minus(Duration.ofHours(1)).toEpochMilli();
            scraper.answers(
                    "1",
                    _ -> new Scraped(List.of(new Series("gpu_cache_usage_perc", Map.of(), .1, OptionalLong.of(old)))));
            pass(Duration.ofSeconds(20));
            assertThat(pod(0).state()).isEqualTo(PodState.MISSING);
            assertThat(pod(0).problem().orElseThrow().reason()).isEqualTo(ScrapeFailure.STALE);
            assertThat(pod(0).sample().orElseThrow().value()).isEqualTo(.66);
            assertThat(snapshot(trigger).hpaDesiredReplicas()).hasValue(2);
        }

        @Test
        void podWithoutTheNamedPortIsNotAskedAndSaysWhy() {
            Trigger named = Triggers.immediate("port", "metrics");
            pods.has(1, FakePods.ready("1", LONG_AGO));
            scalers.put(ID, List.of(named), false, now);
            pass(Duration.ofSeconds(4));
            assertThat(scraper.requests).isEmpty();
            assertThat(snapshot(named).pods().getFirst().problem().orElseThrow().detail())
                    .isEqualTo("no container port named metrics");
        }
    }

    @Nested
    class Polling {

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
            assertThat(pod(0).problem().orElseThrow().reason()).isEqualTo(ScrapeFailure.NO_METRIC);
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
            assertThat(demand(latency)).isCloseTo(1.5, within(1e-6));

            // When, then
            Pod second = FakePods.ready("2", now);
            pods.has(2, FakePods.ready("1", LONG_AGO), second);
            pass(Duration.ofSeconds(38));
            assertThat(demand(latency)).isCloseTo(1.5, within(1e-6));
            pass(Duration.ofSeconds(4));
            assertThat(demand(latency)).isCloseTo(3, within(1e-6));
        }

        private static Scraped observations(double count, String bound) {
            String name = "time_to_first_token_seconds_bucket";
            return new Scraped(List.of(
                    new Series(name, Map.of("le", "1.0"), 0, OptionalLong.empty()),
                    new Series(name, Map.of("le", bound), count, OptionalLong.empty()),
                    new Series(name, Map.of("le", "+Inf"), count, OptionalLong.empty())));
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
            List<Series> series = new ArrayList<>();
            values.forEach((name, value) -> series.add(new Series(name, Map.of(), value, OptionalLong.empty())));
            series.add(new Series(
                    "vllm:time_to_first_token_seconds_bucket", Map.of("le", "+Inf"), 5, OptionalLong.empty()));
            series.add(new Series("vllm:time_to_first_token_seconds_sum", Map.of(), 5, OptionalLong.empty()));
            return new Scraped(series);
        }

        @Test
        void podThatTakesOverAnAddressIsAnotherPod() {
            pods.has(1, FakePods.ready("1", LONG_AGO));
            scraper.at("1", .9);
            scalers.put(ID, List.of(trigger), false, now);
            pass(Duration.ofSeconds(4));
            Pod old = FakePods.ready("1", LONG_AGO);
            pods.has(1, new Pod("new", "new", old.address(), Map.of(), true, old.readySince(), true, LONG_AGO, false));
            scraper.refuses("1");
            pass(Duration.ofSeconds(2));
            assertThat(pod(0).sample()).isEmpty();
        }
    }

    @Nested
    class Edits {

        @Test
        void editedWindowKeepsSamplesAndWindows() {
            // Given
            Trigger before = Triggers.immediate("downscaleStabilizationWindow", "10s");
            Trigger after = Triggers.immediate("downscaleStabilizationWindow", "12s", "targetValue", "0.8");
            pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
            scraper.at("1", .1);
            scraper.at("2", .1);
            scalers.put(ID, List.of(before), false, now);
            pass(Duration.ofSeconds(20));

            // When
            scalers.put(ID, List.of(after), false, now);
            pass(Duration.ofSeconds(1));

            // Then
            assertThat(scalers.snapshot(ID, before)).isEmpty();
            assertThat(snapshot(after).decision().basis().arithmetic().sampled())
                    .isEqualTo(2);
            assertThat(snapshot(after).decision().basis().windowRemaining()).isLessThan(Duration.ofSeconds(2));
        }

        @ParameterizedTest
        @CsvSource({
            "metric, num_requests_waiting",
            "aggregationType, average",
            "port, 8001",
            "path, /other",
            "scheme, https",
            "modelName, other",
            "podSelector, role=leader"
        })
        void editOfWhatIsMeasuredStartsAnew(String key, String value) {
            Trigger other = Triggers.immediate(key, value, "downscaleStabilizationWindow", "10s");
            Trigger before = Triggers.immediate("downscaleStabilizationWindow", "10s");
            pods.has(1, FakePods.ready("1", LONG_AGO));
            scraper.at("1", .5);
            scalers.put(ID, List.of(before), false, now);
            pass(Duration.ofSeconds(12));
            scalers.put(ID, List.of(other), false, now);
            pass(Duration.ofMillis(100));
            Decision.Basis basis = snapshot(other).decision().basis();
            assertThat(basis.arithmetic().sampled()).isZero();
            assertThat(basis.windowRemaining()).isEqualTo(Duration.ofSeconds(10));
        }

        @ParameterizedTest
        @CsvSource({
            "targetValue, 0.5",
            "activationTargetValue, 0.1",
            "pollInterval, 1s",
            "staleAfter, 20s",
            "unavailableAfter, 1m",
            "startingDeadline, 1m",
            "tolerance, 0.2",
            "smoothingUp, 2s",
            "smoothingDown, 2s",
            "downscaleStabilizationWindow, 9s",
            "upscaleStabilizationWindow, 1s",
            "loadingCredit, true"
        })
        void editOfAnythingElseKeepsSamplesAndWindows(String key, String value) {
            Map<String, String> edited = new HashMap<>(Map.of("downscaleStabilizationWindow", "10s"));
            edited.put(key, value);
            Trigger other = Triggers.immediate(edited.entrySet().stream()
                    .flatMap(entry -> Stream.of(entry.getKey(), entry.getValue()))
                    .toArray(String[]::new));
            Trigger before = Triggers.immediate("downscaleStabilizationWindow", "10s");
            pods.has(1, FakePods.ready("1", LONG_AGO));
            scraper.at("1", .5);
            scalers.put(ID, List.of(before), false, now);
            pass(Duration.ofSeconds(12));
            scalers.put(ID, List.of(other), false, now);
            pass(Duration.ofMillis(100));
            Decision.Basis basis = snapshot(other).decision().basis();
            assertThat(basis.arithmetic().sampled()).isEqualTo(1);
            assertThat(basis.windowIsFull()).isTrue();
        }

        @Test
        void triggerThatOnlyACallTellsIsAdoptedWhereItsScaledObjectIsOpen() {
            pods.has(1, FakePods.ready("1", LONG_AGO));
            scraper.at("1", .5);
            scalers.put(ID, List.of(), true, now);
            scalers.adopt(ID, trigger, now);
            pass(Duration.ofSeconds(4));
            assertThat(snapshot(trigger).decision().basis().demand().orElseThrow())
                    .isCloseTo(.5, within(1e-9));
        }

        @Test
        void closedOrUnknownScaledObjectAdoptsNothing() {
            scalers.put(ID, List.of(), false, now);
            scalers.adopt(ID, trigger, now);
            scalers.adopt(new ScaledObjectId("ns", "other"), trigger, now);
            pass(Duration.ofSeconds(4));
            assertThat(scalers.snapshots()).isEmpty();
            assertThat(scalers.scaledObjects()).containsExactly(ID);
        }

        @Test
        void adoptedTriggersAreBounded() {
            pods.has(1, FakePods.ready("1", LONG_AGO));
            scalers.put(ID, List.of(), true, now);
            for (int i = 1; i <= 100; i++) {
                scalers.adopt(ID, Triggers.with("targetValue", Integer.toString(i)), now);
            }
            pass(Duration.ofSeconds(2));
            assertThat(scalers.snapshots()).hasSize(16);
        }
    }
}
