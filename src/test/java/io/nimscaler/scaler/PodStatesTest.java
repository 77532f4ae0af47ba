package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.policy.Scale;
import io.nimscaler.poll.NoSample;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeResult;
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

/** In which state a pod counts, by what Kubernetes and the pod itself say of it. */
class PodStatesTest extends ScalersFixture {

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
        assertThat(snapshot(trigger)
                        .decision()
                        .basis()
                        .known()
                        .orElseThrow()
                        .counts()
                        .starting())
                .isEqualTo(9);
        assertThat(snapshot(trigger).decision())
                .isInstanceOfSatisfying(
                        Decision.Hold.class, hold -> assertThat(hold.reason()).isEqualTo(HoldReason.UNDECIDED));
    }

    @Test
    void awaitedReplicasThatNeverComeAreStuckAfterTheDeadline() {
        Trigger hasty = Triggers.immediate("startingDeadline", "60s");
        pods.has(2, FakePods.ready("1", LONG_AGO));
        scraper.at("1", .5);
        scalers.put(ID, List.of(hasty), false, now);
        pass(Duration.ofSeconds(63));
        assertThat(snapshot(hasty)
                        .decision()
                        .basis()
                        .known()
                        .orElseThrow()
                        .counts()
                        .stuck())
                .isEqualTo(1);
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
        assertThat(snapshot(hasty)
                        .decision()
                        .basis()
                        .known()
                        .orElseThrow()
                        .counts()
                        .missing())
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
        assertThat(snapshot(trigger)
                        .decision()
                        .basis()
                        .known()
                        .orElseThrow()
                        .counts()
                        .missing())
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
        assertThat(snapshot(trigger)
                        .decision()
                        .basis()
                        .known()
                        .orElseThrow()
                        .counts()
                        .missing())
                .isEqualTo(1);
        pass(Duration.ofSeconds(30));
        assertThat(snapshot(trigger)
                        .decision()
                        .basis()
                        .known()
                        .orElseThrow()
                        .counts()
                        .missing())
                .isZero();
        assertThat(snapshot(trigger).decision().basis().demand().orElseThrow()).isCloseTo(1.8, within(1e-9));
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
        assertThat(snapshot(trigger)
                        .decision()
                        .basis()
                        .known()
                        .orElseThrow()
                        .counts()
                        .missing())
                .isEqualTo(1);
    }

    /** Failing readiness probes are overload. */
    @ParameterizedTest
    @ValueSource(strings = {"sum", "average", "max"})
    void unreadyPodThatAnswersCountsAsItIs(String type) {
        // Given
        Trigger of = Triggers.immediate("aggregationType", type);
        fourReady(1.0);
        scalers.put(ID, List.of(of), false, now);
        pass(Duration.ofSeconds(4));
        assertThat(snapshot(of).hpaDesiredReplicas()).hasValue(6);

        // When
        pods.has(
                4,
                FakePods.unready("1", LONG_AGO),
                FakePods.ready("2", LONG_AGO),
                FakePods.ready("3", LONG_AGO),
                FakePods.ready("4", LONG_AGO));
        pass(Duration.ofSeconds(4));

        // Then
        assertThat(snapshot(of).hpaDesiredReplicas()).hasValue(6);
    }

    @Test
    void podThatWasStartedAgainAndStillLoadsIsNoSpareRoom() {
        // Given
        fourReady(.66);
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(4));

        // When: it answers with zeros before it is ready
        pods.has(
                4,
                FakePods.restarting("1", LONG_AGO),
                FakePods.ready("2", LONG_AGO),
                FakePods.ready("3", LONG_AGO),
                FakePods.ready("4", LONG_AGO));
        scraper.at("1", 0);
        scraper.at("2", .6);
        scraper.at("3", .6);
        scraper.at("4", .6);
        pass(Duration.ofSeconds(30));

        // Then
        assertThat(pod(0).state()).isEqualTo(PodState.MISSING);
        assertThat(pod(0).problem().orElseThrow().reason()).isEqualTo(NoSample.RESTARTING);
        assertThat(pod(0).problem().orElseThrow().detail())
                .isEqualTo("it was started again after exit code 137 (OOMKilled), and has not been ready since");
        assertThat(snapshot(trigger).hpaDesiredReplicas()).hasValue(4);

        // And while it does not answer, its last run is part of the problem
        scraper.refuses("1");
        pass(Duration.ofSeconds(4));
        assertThat(pod(0).problem().orElseThrow().detail())
                .startsWith("started again after exit code 137 (OOMKilled), ");

        // And once it is ready it is what it says
        fourReady(.6);
        scraper.at("1", 0);
        pass(Duration.ofSeconds(4));
        assertThat(snapshot(trigger).hpaDesiredReplicas()).hasValue(3);
    }

    private void fourReady(double each) {
        Pod[] four = new Pod[4];
        for (int i = 0; i < four.length; i++) {
            four[i] = FakePods.ready("" + (i + 1), LONG_AGO);
            scraper.at("" + (i + 1), each);
        }
        pods.has(4, four);
    }

    @Test
    void saturatedPodsThatAnswerOnlyInSpellsLeadToAScaleUp() {
        // Given: each answers for 20 s of a minute, all out of step
        fourReady(1.0);
        for (int i = 1; i <= 4; i++) {
            Instant offset = now.plusSeconds(15L * i);
            scraper.answers(
                    "" + i,
                    _ -> Math.floorMod(Duration.between(offset, now).toSeconds(), 60) < 20
                            ? FakeScraper.kv(1.0)
                            : new ScrapeResult.Failed(ScrapeFailure.TIMEOUT, "no response"));
        }
        Trigger usual = Triggers.with();
        scalers.put(ID, List.of(usual), false, now);

        // When
        pass(Duration.ofMinutes(1));
        long most = 0;
        for (int sync = 0; sync < 4; sync++) {
            pass(Duration.ofSeconds(15));
            most = Math.max(most, snapshot(usual).hpaDesiredReplicas().orElse(0));
        }

        // Then
        assertThat(most).isGreaterThanOrEqualTo(5);
    }

    @Test
    void momentWithoutAnySampleDoesNotBeginThePatienceAnew() {
        // Given: one is hung for ever, the other silent for 20 s every 4 minutes
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        scraper.at("1", .9);
        scraper.at("2", .9);
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(4));
        scraper.refuses("2");

        // When
        for (int round = 0; round < 2; round++) {
            pass(Duration.ofSeconds(220));
            scraper.refuses("1");
            pass(Duration.ofSeconds(20));
            scraper.at("1", .9);
        }
        pass(Duration.ofSeconds(4));

        // Then
        assertThat(snapshot(trigger).hpaDesiredReplicas()).hasValue(3);
    }

    @Test
    void timeInWhichThisProcessStoodStillIsNoPatience() {
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        scraper.at("1", .9);
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(30));
        now = now.plus(Duration.ofHours(1));
        pass(Duration.ofSeconds(4));
        assertThat(snapshot(trigger)
                        .decision()
                        .basis()
                        .known()
                        .orElseThrow()
                        .counts()
                        .missing())
                .isEqualTo(1);
    }

    @Test
    void replicasThatAQuotaNeverLetsBeMadeOrderNoOthers() {
        // Given
        Trigger hasty = Triggers.immediate("startingDeadline", "10s");
        Pod[] three = new Pod[3];
        for (int i = 0; i < three.length; i++) {
            three[i] = FakePods.ready("" + i, LONG_AGO);
            scraper.at("" + i, 1.0);
        }
        pods.has(3, three);
        scalers.put(ID, List.of(hasty), false, now);

        // When: the HPA follows
        int spec = 3;
        for (int sync = 0; sync < 40; sync++) {
            pass(Duration.ofSeconds(15));
            spec = (int) snapshot(hasty).hpaDesiredReplicas().orElse(spec);
            pods.has(new Scale(spec, 3), three);
        }

        // Then: what the three carry, and nothing for those that are not there
        assertThat(spec).isEqualTo(5);
    }

    @Test
    void eachAwaitedReplicaHasAnAgeOfItsOwn() {
        Trigger hasty = Triggers.immediate("startingDeadline", "60s");
        pods.has(2, FakePods.ready("1", LONG_AGO));
        scraper.at("1", .5);
        scalers.put(ID, List.of(hasty), false, now);
        pass(Duration.ofSeconds(40));
        pods.has(new Scale(4, 1), FakePods.ready("1", LONG_AGO));
        pass(Duration.ofSeconds(30));
        assertThat(snapshot(hasty)
                        .decision()
                        .basis()
                        .known()
                        .orElseThrow()
                        .counts()
                        .stuck())
                .isEqualTo(1);
        assertThat(snapshot(hasty)
                        .decision()
                        .basis()
                        .known()
                        .orElseThrow()
                        .counts()
                        .starting())
                .isEqualTo(2);
    }

    @Test
    void podStartsWhenItIsScheduledHoweverLongItWaitedForANode() {
        // Given
        Trigger hasty = Triggers.immediate("startingDeadline", "60s");
        scalers.put(ID, List.of(hasty), false, now);
        pods.has(1, FakePods.unschedulable("1", now));
        pass(Duration.ofSeconds(59));
        assertThat(snapshot(hasty).decision()).isInstanceOf(Decision.Hold.class);

        // When
        pods.has(1, FakePods.starting("1", now));
        pass(Duration.ofSeconds(59));
        assertThat(snapshot(hasty).decision()).isInstanceOf(Decision.Hold.class);
        pass(Duration.ofSeconds(4));
        assertThat(snapshot(hasty).decision()).isInstanceOf(Decision.Unknown.class);
    }

    @Test
    void badValueIsNoSampleAndSaysWhy() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.at("1", 38);
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(20));
        assertThat(pod(0).state()).isEqualTo(PodState.MISSING);
        assertThat(pod(0).problem().orElseThrow().detail()).contains("not a percentage");
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
                _ -> new Scraped(List.of(new SampleLine("gpu_cache_usage_perc", Map.of(), .1, OptionalLong.of(old)))));
        pass(Duration.ofSeconds(20));
        assertThat(pod(0).state()).isEqualTo(PodState.MISSING);
        assertThat(pod(0).problem().orElseThrow().reason()).isEqualTo(NoSample.STALE);
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
