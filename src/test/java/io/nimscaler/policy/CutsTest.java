package io.nimscaler.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.hpa.HpaFormula;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who else but the HPA took replicas away. */
class CutsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Cuts cuts = new Cuts();

    /** The same number is seen and asked for each second. */
    private void live(int seconds, int spec, long asked) {
        for (int i = 0; i < seconds; i++) {
            cuts.see(spec);
            cuts.ask(asked, SECOND);
        }
    }

    @ParameterizedTest(name = "{0} s of asking for {2} at {1}, then {3}: {4}")
    @CsvSource({
        // For a minute and more
        "61, 5, 5, 1, true",
        "61, 5, 5, 4, true",
        "61, 3, 8, 2, true",
        "600, 5, 5, 0, true",
        // The HPA may do that
        "61, 5, 5, 5, false",
        "61, 5, 5, 6, false",
        "61, 5, 3, 3, false",
        "61, 5, 3, 4, false",
        "61, 5, 0, 0, false",
        // Not a whole minute yet: another replica of the scaler may have asked for less
        "60, 5, 5, 1, false",
        "1, 5, 5, 1, false",
        "0, 5, 5, 1, false"
    })
    void fewerThanEveryAnswerOfAMinuteAskedForIsSomebodyElses(
            int seconds, int spec, long asked, int then, boolean isCut) {
        live(seconds, spec, asked);
        assertThat(cuts.see(then)).isEqualTo(isCut ? Optional.of(new Cuts.Cut(spec, then, asked)) : Optional.empty());
        assertThat(cuts.isOwed()).isEqualTo(isCut);
    }

    @Test
    void oneAnswerOfTheMinuteThatAskedForLessIsEnoughForTheHpa() {
        live(100, 5, 5);
        live(1, 5, 2);
        live(59, 5, 5);
        assertThat(cuts.see(3)).isEmpty();
        assertThat(cuts.see(1)).isPresent();
    }

    @Test
    void whatWasAskedForMoreThanAMinuteAgoExcusesNobody() {
        live(100, 5, 2);
        live(62, 5, 5);
        assertThat(cuts.see(2)).isPresent();
    }

    @Test
    void afterAMomentWithoutAnAnswerAWholeMinuteIsNeededAgain() {
        live(100, 5, 5);
        cuts.askNothing();
        live(60, 5, 5);
        assertThat(cuts.see(1)).isEmpty();
    }

    @Test
    void replicasThatGrowOrStayAreNoCutThoughMoreIsAskedFor() {
        live(100, 2, 8);
        assertThat(cuts.see(2)).isEmpty();
        assertThat(cuts.see(4)).isEmpty();
        assertThat(cuts.isOwed()).isFalse();
    }

    @Test
    void itIsOwedUntilWhatWasAskedForIsBack() {
        live(100, 5, 5);
        cuts.see(1);
        live(10, 1, 5);
        assertThat(cuts.isOwed()).isTrue();
        live(10, 4, 5);
        assertThat(cuts.isOwed()).isTrue();
        cuts.see(5);
        assertThat(cuts.isOwed()).isFalse();
    }

    @Test
    void eachResetOfAFightIsSeen() {
        live(100, 5, 5);
        for (int i = 0; i < 20; i++) {
            assertThat(cuts.see(1)).isPresent();
            live(3, 1, 5);
            live(15, 5, 5);
        }
    }

    @Test
    void oneThatGoesOnFromAStateSeesTheSame() {
        live(100, 5, 5);
        cuts.see(3);
        live(30, 3, 4);
        Cuts other = Cuts.resumed(cuts.state());
        assertThat(other.isOwed()).isTrue();
        assertThat(other.state()).isEqualTo(cuts.state());
        assertThat(other.see(2)).isEqualTo(cuts.see(2)).isPresent();
    }

    @Test
    void fewestReplicasOfAnAnswerAreThoseThatSomeNumberOfPresentOnesGives() {
        Random random = new Random(1);
        Trigger trigger = Triggers.immediate();
        HpaFormula hpa = new HpaFormula(trigger.stabilization().tolerance());
        for (int i = 0; i < 20_000; i++) {
            long milli = i < 200 ? i * 70L : random.nextLong(60_000);
            long fewest = IntStream.rangeClosed(1, 120)
                    .mapToLong(present -> hpa.averageValue(milli, 700, present))
                    .min()
                    .orElseThrow();
            assertThat(new Answers(trigger).fewestReplicas(new Answer.Value(milli), new Scale(4, 4)))
                    .as("%d", milli)
                    .isEqualTo(fewest);
        }
    }

    @ParameterizedTest
    @CsvSource({"700, 4", "630, 4", "770, 4", "629, 0", "771, 0", "0, 0"})
    void ofAValuePerPodOnlyAHoldIsCertain(long milli, long fewest) {
        Trigger trigger = Triggers.immediate("aggregationType", "average");
        assertThat(new Answers(trigger).fewestReplicas(new Answer.Value(milli), new Scale(4, 4)))
                .isEqualTo(fewest);
    }

    @Test
    void unavailableAsksForNothing() {
        assertThat(new Answers(Triggers.immediate()).fewestReplicas(new Answer.Unavailable("x"), new Scale(4, 4)))
                .isZero();
    }
}
