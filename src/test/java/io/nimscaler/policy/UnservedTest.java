package io.nimscaler.policy;

import static io.nimscaler.policy.Fleets.at;
import static io.nimscaler.policy.Fleets.fleet;
import static io.nimscaler.policy.Fleets.missing;
import static io.nimscaler.policy.Fleets.pods;
import static io.nimscaler.policy.Fleets.starting;
import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.signal.Admission;
import io.nimscaler.signal.Uneven;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code deciding.md}, rule 6. T = 0.70, 10 %, no windows. */
class UnservedTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static final Trigger KV_USAGE =
            Triggers.with("downscaleStabilizationWindow", "0s", "smoothingUp", "0s", "smoothingDown", "0s");

    private static Fleet.Known waiting(Fleet.Known fleet, double requests) {
        return with(fleet, new Unserved(OptionalDouble.of(requests), Optional.empty()));
    }

    private static Fleet.Known with(Fleet.Known fleet, Unserved unserved) {
        return new Fleet.Known(
                fleet.scale(), fleet.readyPods(), fleet.pods(), fleet.newcomers(), fleet.level(), unserved);
    }

    private static Decision decide(Fleet fleet) {
        return new Policy(KV_USAGE).decide(fleet, START);
    }

    @Test
    void whileRequestsWaitKvUsageTakesNoReplicaAway() {
        // Given 4 replicas at 0.1, which are 1 by KV usage alone
        Fleet.Known idle = fleet(4, pods(4, at(.1)));

        // When
        Decision quiet = decide(waiting(idle, 0));
        Decision queued = decide(waiting(idle, 1));

        // Then
        assertThat(Fleets.hpaEndsAt(quiet, KV_USAGE)).isEqualTo(1);
        assertThat(queued).isInstanceOf(Decision.Hold.class);
        assertThat(((Decision.Hold) queued).reason()).isEqualTo(HoldReason.REQUESTS_WAITING);
        assertThat(Fleets.hpaEndsAt(queued, KV_USAGE)).isEqualTo(4);
    }

    /** At their limit of 20 running requests, with a KV usage of 0.1: what waits adds less than what the pods are short of. */
    @Test
    void whileRequestsWaitAtAGatewayKvUsageTakesNoReplicaAway() {
        Fleet.Known full = fleet(4, pods(4, at(.1)));
        Decision decision = decide(heldBefore(full, new Held.Known("gateway", 12, .05)));
        assertThat(((Decision.Hold) decision).reason()).isEqualTo(HoldReason.REQUESTS_WAITING);
        assertThat(Fleets.hpaEndsAt(decision, KV_USAGE)).isEqualTo(4);
        assertThat(Fleets.hpaEndsAt(decide(heldBefore(full, new Held.Known("gateway", 0, .05))), KV_USAGE))
                .isEqualTo(1);
    }

    @Test
    void aSignalThatShowsQueuesLetsReplicasGoThoughSomeRequestsWaitAtAGateway() {
        Trigger load = Triggers.immediate("metric", "serving_load");
        Fleet.Known idle = fleet(4, pods(4, at(.1)));
        Decision decision = new Policy(load).decide(heldBefore(idle, new Held.Known("gateway", 1, .05)), START);
        assertThat(Fleets.hpaEndsAt(decision, load)).isLessThan(4);
    }

    @Test
    void aQueueOfWhichNothingIsKnownHoldsNothing() {
        assertThat(Fleets.hpaEndsAt(decide(fleet(4, pods(4, at(.1)))), KV_USAGE))
                .isEqualTo(1);
    }

    @Test
    void requestsThatWaitAskForNoReplicaByThemselves() {
        assertThat(Fleets.hpaEndsAt(decide(waiting(fleet(4, pods(4, at(.7))), 500)), KV_USAGE))
                .isEqualTo(4);
        assertThat(Fleets.hpaEndsAt(decide(waiting(fleet(4, pods(4, at(.95))), 500)), KV_USAGE))
                .isEqualTo(Fleets.hpaEndsAt(decide(fleet(4, pods(4, at(.95)))), KV_USAGE));
    }

    @Test
    void aScaleDownThatAMissingPodBoundsIsHeldToo() {
        Fleet.Known oneMissing = fleet(8, pods(7, at(.1), missing(.1)));
        assertThat(Fleets.hpaEndsAt(decide(oneMissing), KV_USAGE)).isLessThan(8);
        assertThat(Fleets.hpaEndsAt(decide(waiting(oneMissing, 3)), KV_USAGE)).isEqualTo(8);
    }

    @Test
    void oneReplicaForWhichRequestsWaitIsActive() {
        Trigger toZero = Triggers.with("downscaleStabilizationWindow", "0s", "activationTargetValue", "0.5");
        Fleet.Known idle = fleet(1, pods(1, at(0)));
        assertThat(Activity.of(new Policy(toZero).decide(waiting(idle, 0), START), toZero))
                .isEqualTo(Activity.INACTIVE);
        assertThat(Activity.of(new Policy(toZero).decide(waiting(idle, 2), START), toZero))
                .isEqualTo(Activity.ACTIVE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 20})
    void theQueueEndsAndTheWindowsDecideAsEver(int replicas) {
        // Given
        Policy policy = new Policy(Triggers.with("downscaleStabilizationWindow", "30s"));
        Fleet.Known idle = fleet(replicas, pods(replicas, at(0)));
        Instant now = START;
        for (int i = 0; i < 120; i++) {
            now = now.plus(Duration.ofSeconds(1));
            Decision held = policy.decide(waiting(idle, 4), now);
            assertThat(Fleets.hpaEndsAt(held, Triggers.with())).isEqualTo(replicas);
        }

        // When
        Decision after = policy.decide(waiting(idle, 0), now.plus(Duration.ofSeconds(1)));

        // Then
        assertThat(after).isInstanceOf(Decision.Report.class);
        assertThat(List.of(0L, 1L)).contains(Fleets.hpaEndsAt(after, Triggers.with()));
    }

    private static Fleet.Known refusing(Fleet.Known fleet, double taken, double refused) {
        return with(fleet, new Unserved(OptionalDouble.empty(), Optional.of(new Admission(taken, refused))));
    }

    /** 2 replicas at 0.95 carry 1.9, which is 3 replicas. */
    @ParameterizedTest
    @CsvSource({"100, 0, 3", "100, 25, 4", "100, 100, 6", "100, 900, 6", "0, 1, 6"})
    void refusedRequestsCountAsDemandAndAtMostDoubleIt(double taken, double refused, long replicas) {
        assertThat(Fleets.hpaEndsAt(decide(refusing(fleet(2, pods(2, at(.95))), taken, refused)), KV_USAGE))
                .isEqualTo(replicas);
    }

    /** More than 1 % of those that came. */
    @ParameterizedTest
    @CsvSource({
        "1000, 0, false",
        "1000, 1, false",
        "990, 10, false",
        "99, 1, false",
        "98, 1, true",
        "989, 11, true",
        "0, 1, true"
    })
    void aRequestThatIsRefusedNowAndThenHoldsNothing(double taken, double refused, boolean held) {
        Decision decision = decide(refusing(fleet(4, pods(4, at(.1))), taken, refused));
        assertThat(Fleets.hpaEndsAt(decision, KV_USAGE)).isEqualTo(held ? 4 : 1);
    }

    @Test
    void whileRequestsAreRefusedNothingIsTakenAway() {
        Decision held = decide(refusing(fleet(4, pods(4, at(.1))), 1000, 20));
        assertThat(((Decision.Hold) held).reason()).isEqualTo(HoldReason.REQUESTS_REFUSED);
        assertThat(Fleets.hpaEndsAt(decide(refusing(fleet(4, pods(4, at(.1))), 1000, 0)), KV_USAGE))
                .isEqualTo(1);
    }

    @Test
    void podsThatStartForRefusedRequestsAreNotOrderedAgain() {
        // Given 2 replicas at 0.95 that refuse as much as they take, and 4 that start for it
        Fleet.Known growing =
                refusing(fleet(6, pods(2, at(.95), starting(), starting(), starting(), starting())), 9, 90);
        Decision decision = decide(growing);
        assertThat(Fleets.hpaEndsAt(decision, KV_USAGE)).isEqualTo(6);
    }

    @Test
    void whatIsRefusedCountsWhereAPodIsMissing() {
        Fleet.Known oneMissing = fleet(3, pods(2, at(.95), missing(.1)));
        assertThat(Fleets.hpaEndsAt(decide(oneMissing), KV_USAGE)).isEqualTo(3);
        assertThat(Fleets.hpaEndsAt(decide(refusing(oneMissing, 50, 50)), KV_USAGE))
                .isEqualTo(6);
    }

    @Test
    void aStepThatRefusalsHeldIsNotMadeLaterAtAnotherLoad() {
        // Given a fleet that could go down far, were nothing refused
        Trigger load = Triggers.with(
                "metric",
                "serving_load",
                "downscaleStabilizationWindow",
                "1m",
                "smoothingUp",
                "0s",
                "smoothingDown",
                "0s");
        Policy policy = new Policy(load);
        Policy other = new Policy(load);
        Instant now = START;
        for (int i = 0; i < 120; i++) {
            now = now.plusSeconds(1);
            assertThat(policy.decide(refusing(fleet(16, pods(16, at(.1))), 100, 2), now))
                    .isInstanceOf(Decision.Hold.class);
        }
        // When the load is more, and nothing is refused
        for (int i = 0; i < 120; i++) {
            now = now.plusSeconds(1);
            policy.decide(refusing(fleet(16, pods(16, at(.25))), 100, 2), now);
            other.decide(refusing(fleet(16, pods(16, at(.25))), 100, 2), now);
        }
        now = now.plusSeconds(1);
        Fleet.Known calm = refusing(fleet(16, pods(16, at(.25))), 100, 0);
        // Then it does as one that never saw less
        assertThat(Fleets.hpaEndsAt(policy.decide(calm, now), load))
                .isEqualTo(Fleets.hpaEndsAt(other.decide(calm, now), load))
                .isLessThan(16);
    }

    private static Fleet.Known heldBefore(Fleet.Known fleet, Held held) {
        return with(fleet, new Unserved(OptionalDouble.empty(), Optional.empty(), Optional.of(held)));
    }

    /** 2 replicas at 0.35 carry 0.70, which is 1 replica. */
    @ParameterizedTest
    @CsvSource({"0, 1", "10, 2", "70, 3", "1000, 30", "1e15, 5000"})
    void whatWaitsInFrontOfTheFleetIsDemandUpToTheLargestFleet(double requests, long replicas) {
        Held held = new Held.Known("gateway", requests, .02);
        long ends = Fleets.hpaEndsAt(decide(heldBefore(fleet(2, pods(2, at(.35))), held)), KV_USAGE);
        assertThat(ends).isBetween(replicas, replicas + 1);
    }

    private static Decision decideUneven(Fleet.Known fleet, Optional<Held> held, double load) {
        Trigger trigger = Triggers.immediate("metric", "serving_load", "targetValue", "0.85");
        return new Policy(trigger)
                .decide(
                        with(
                                fleet,
                                new Unserved(
                                        OptionalDouble.empty(),
                                        Optional.empty(),
                                        held,
                                        Optional.of(new Uneven(3, load)))),
                        START);
    }

    private static long endsAt(Decision decision) {
        return Fleets.hpaEndsAt(decision, Triggers.immediate("metric", "serving_load", "targetValue", "0.85"));
    }

    /** 9 pods: three at 1.0, and six at 0.4. They carry 5.4 together, which are 7 replicas. */
    @ParameterizedTest(name = "as full as these the fleet carries {0}: {1} replicas")
    @CsvSource({"0, 7", "5.4, 7", "6.7, 8", "7.65, 9", "9.5625, 12"})
    void fleetCountsAsFullAsItsSlowPods(double load, long replicas) {
        Fleet.Known uneven = fleet(9, pods(6, at(.4), at(1), at(1), at(1)));
        assertThat(endsAt(decideUneven(uneven, Optional.empty(), load))).isEqualTo(replicas);
    }

    /** 9.56 of the nine that are read is less than what the ten and the two that start carry. */
    @Test
    void whileReplicasStartSlowPodsOrderNoOthersAndTakeNoneAway() {
        Fleet.Known uneven = fleet(12, pods(6, at(.4), at(1), at(1), at(1), starting(), starting(), starting()));
        assertThat(endsAt(decideUneven(uneven, Optional.empty(), 9.5625))).isEqualTo(12);
    }

    @Test
    void whatWaitsInFrontOfTheFleetAndItsSlowPodsAreOneLoad() {
        Fleet.Known uneven = fleet(9, pods(6, at(.4), at(1), at(1), at(1)));
        Optional<Held> some = Optional.of(new Held.Known("gateway", 50, .04));
        Optional<Held> more = Optional.of(new Held.Known("gateway", 200, .04));
        assertThat(endsAt(decideUneven(uneven, some, 9.5625))).isEqualTo(12);
        assertThat(endsAt(decideUneven(uneven, more, 9.5625))).isEqualTo(16);
    }

    @Test
    void anUnknownSourceTakesNothingAwayForAsLongAsItIs() {
        // Given a fleet that was kept by what waits at the gateway
        Policy policy = new Policy(KV_USAGE);
        Fleet.Known idle = fleet(4, pods(4, at(.05)));
        assertThat(Fleets.hpaEndsAt(
                        policy.decide(heldBefore(idle, new Held.Known("gateway", 130, .02)), START), KV_USAGE))
                .isEqualTo(4);

        // When the gateway goes away for an hour
        Instant now = START;
        for (int i = 0; i < 3600; i++) {
            now = now.plus(Duration.ofSeconds(1));
            Decision held = policy.decide(heldBefore(idle, new Held.Unknown("gateway", "connection refused")), now);
            assertThat(((Decision.Hold) held).reason()).isEqualTo(HoldReason.DEMAND_SOURCE_UNKNOWN);
            assertThat(Fleets.hpaEndsAt(held, KV_USAGE)).isEqualTo(4);
        }

        // Then it decides again once it is back
        Decision back = policy.decide(heldBefore(idle, new Held.Known("gateway", 0, .02)), now.plusSeconds(1));
        assertThat(Fleets.hpaEndsAt(back, KV_USAGE)).isEqualTo(1);
    }

    @Test
    void whileASourceIsUnknownNoPeakAges() {
        Trigger window =
                Triggers.with("downscaleStabilizationWindow", "60s", "smoothingUp", "0s", "smoothingDown", "0s");
        Policy policy = new Policy(window);
        Fleet.Known idle = fleet(4, pods(4, at(.05)));
        Instant now = START;
        for (int i = 0; i < 61; i++) {
            now = now.plusSeconds(1);
            policy.decide(heldBefore(idle, new Held.Known("gateway", 130, .02)), now);
        }
        for (int i = 0; i < 600; i++) {
            now = now.plusSeconds(1);
            policy.decide(heldBefore(idle, new Held.Unknown("gateway", "x")), now);
        }
        Decision back = policy.decide(heldBefore(idle, new Held.Known("gateway", 0, .02)), now.plusSeconds(1));
        assertThat(Fleets.hpaEndsAt(back, window)).isEqualTo(4);
    }

    /** Scaled to zero by hand: a wake source may wake it, and the peaks of before do not keep it active. */
    @Test
    void atZeroReplicasAnUnknownSourceKeepsNothingActive() {
        Trigger window = Triggers.with("downscaleStabilizationWindow", "60s");
        Policy policy = new Policy(window);
        Instant now = START;
        for (int i = 0; i < 61; i++) {
            now = now.plusSeconds(1);
            policy.decide(fleet(2, pods(2, at(.6))), now);
        }
        Decision decision = policy.decide(fleet(0, List.of()), now);
        assertThat(Activity.of(decision, window)).isEqualTo(Activity.ACTIVE);
        for (int i = 0; i < 400; i++) {
            now = now.plusSeconds(1);
            decision = policy.decide(heldBefore(fleet(0, List.of()), new Held.Unknown("gateway", "x")), now);
        }
        assertThat(Activity.of(decision, window)).isEqualTo(Activity.INACTIVE);
    }

    @Test
    void podsThatAskForMoreThemselvesGetItThoughTheSourceIsUnknown() {
        Decision decision = decide(heldBefore(fleet(2, pods(2, at(.95))), new Held.Unknown("gateway", "x")));
        assertThat(Fleets.hpaEndsAt(decision, KV_USAGE)).isEqualTo(3);
    }

    @Test
    void whatWaitsAloneAsksForNoFirstReplica() {
        Fleet.Known none = heldBefore(fleet(0, List.of()), new Held.Known("gateway", 500, .02));
        assertThat(decide(none).basis().demand()).hasValue(0);
    }
}
