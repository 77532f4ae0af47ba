package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.scaler.DeletionCosts.Candidate;
import io.nimscaler.scaler.DeletionCosts.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeletionCostsTest {

    private static final String OURS = "-1709999993";

    private static Candidate pod(String name, double requests, double value) {
        return new Candidate(name, true, OptionalDouble.of(requests), OptionalDouble.of(value), Optional.empty());
    }

    private static Candidate with(Candidate pod, String cost) {
        return new Candidate(pod.name(), pod.ready(), pod.requests(), pod.value(), Optional.of(cost));
    }

    @Test
    void theIdlestGoFirstAndOfAsManyRequestsTheOneWithTheLowerValue() {
        List<Candidate> pods = List.of(pod("a", 7, .1), pod("b", 0, .3), pod("c", 7, .05), pod("d", 9, 0));
        assertThat(DeletionCosts.changes(pods, 2))
                .containsExactly(
                        new Change("b", Optional.of("-1710000000")), new Change("c", Optional.of("-1709999993")));
    }

    @Test
    void nothingIsWrittenTwice() {
        List<Candidate> pods = List.of(with(pod("a", 3, .1), OURS), pod("b", 9, .3));
        assertThat(DeletionCosts.changes(pods, 1)).isEmpty();
    }

    @Test
    void aMarkMovesToWhoHasBecomeIdler() {
        List<Candidate> pods = List.of(with(pod("a", 12, .1), OURS), pod("b", 2, .3));
        assertThat(DeletionCosts.changes(pods, 1))
                .containsExactly(new Change("b", Optional.of("-1709999998")), new Change("a", Optional.empty()));
    }

    @Test
    void aMarkStaysWhereAnotherIsJustAsIdle() {
        List<Candidate> pods = List.of(with(pod("b", 2, .4), OURS), pod("a", 2, .3));
        assertThat(DeletionCosts.changes(pods, 1)).isEmpty();
    }

    /** The HPA may take one pod a minute: then the first of them must be the idlest now. */
    @Test
    void theOrderAmongMarkedPodsIsThatOfNow() {
        List<Candidate> pods =
                List.of(with(pod("a", 30, .1), "-1710000000"), with(pod("b", 0, .3), "-1709999995"), pod("c", 50, .5));
        assertThat(DeletionCosts.changes(pods, 2))
                .containsExactly(
                        new Change("b", Optional.of("-1710000000")), new Change("a", Optional.of("-1709999970")));
    }

    @Test
    void afterTheDropOursAreTakenBackAndNoOthers() {
        List<Candidate> pods = List.of(with(pod("a", 3, .1), OURS), with(pod("b", 0, 0), "-5"), pod("c", 0, 0));
        assertThat(DeletionCosts.changes(pods, 0)).containsExactly(new Change("a", Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "-1710000000, true",
        "-1709999999, true",
        "-1709000001, true",
        "-1710000001, false",
        "-1708999999, false",
        "0, false",
        "-1, false",
        "100, false",
        "-2147483648, false",
        "x, false",
        "'', false",
        "-1709999993 , true",
        "+1709999993, false",
        "-01709999993, false"
    })
    void whatSomebodyElseWroteIsNotOurs(String cost, boolean ours) {
        assertThat(DeletionCosts.isOurs(cost)).isEqualTo(ours);
        Candidate pod = with(pod("a", 0, 0), cost);
        if (!ours) {
            assertThat(DeletionCosts.changes(List.of(pod, pod("b", 5, 5)), 1))
                    .extracting(Change::name)
                    .containsExactly("b");
            assertThat(DeletionCosts.changes(List.of(pod), 0)).isEmpty();
        }
    }

    @Test
    void podsThatAreNotReadyGoFirstByThemselves() {
        Candidate starting =
                new Candidate("s", false, OptionalDouble.empty(), OptionalDouble.empty(), Optional.empty());
        List<Candidate> pods = List.of(pod("a", 1, 1), pod("b", 0, 0), starting);
        assertThat(DeletionCosts.changes(pods, 1)).isEmpty();
        assertThat(DeletionCosts.changes(pods, 2)).extracting(Change::name).containsExactly("b");
    }

    @Test
    void aPodOfWhichNothingIsKnownIsNoIdleOne() {
        Candidate silent = new Candidate("s", true, OptionalDouble.empty(), OptionalDouble.of(0), Optional.empty());
        assertThat(DeletionCosts.changes(List.of(silent, pod("a", 90, .9)), 1))
                .extracting(Change::name)
                .containsExactly("a");
    }

    /**
     * Two replicas of the scaler, each with readings of its own, write in any order: whatever stands in the end, no pod has a cost that
     * is not one of theirs, no foreign cost is touched, and after the drop none is left.
     */
    @Test
    void twoWritersLeaveNothingThatEitherWouldNotHaveWritten() {
        Random random = new Random(11);
        for (int round = 0; round < 2000; round++) {
            List<Candidate> pods = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                Candidate pod = pod("p" + i, random.nextInt(4), random.nextDouble());
                pods.add(random.nextInt(5) == 0 ? with(pod, "7") : pod);
            }
            for (int turn = 0; turn < 10; turn++) {
                List<Candidate> seen = pods.stream()
                        .map(pod -> new Candidate(
                                pod.name(), true, OptionalDouble.of(random.nextInt(4)), pod.value(), pod.cost()))
                        .toList();
                apply(pods, DeletionCosts.changes(seen, 2));
                assertThat(pods)
                        .allMatch(pod -> pod.cost().isEmpty()
                                || pod.cost().get().equals("7")
                                || DeletionCosts.isOurs(pod.cost().get()));
            }
            long foreign = pods.stream()
                    .filter(pod -> pod.cost().equals(Optional.of("7")))
                    .count();
            apply(pods, DeletionCosts.changes(pods, 0));
            assertThat(pods.stream().filter(pod -> pod.cost().isPresent()).count())
                    .isEqualTo(foreign);
        }
    }

    private static void apply(List<Candidate> pods, List<Change> changes) {
        changes.forEach(change -> pods.replaceAll(pod -> pod.name().equals(change.name())
                ? new Candidate(pod.name(), pod.ready(), pod.requests(), pod.value(), change.cost())
                : pod));
    }
}
