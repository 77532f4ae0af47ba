package io.nimscaler.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class MinuteBudgetTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final MinuteBudget budget = new MinuteBudget(3);

    private int takenOf(int wanted, Instant at) {
        int taken = 0;
        for (int i = 0; i < wanted; i++) {
            taken += budget.take(at) ? 1 : 0;
        }
        return taken;
    }

    @Test
    void aMinuteHasSoManyAndTheNextOneAsManyAgain() {
        assertThat(takenOf(2, START)).isEqualTo(2);
        assertThat(takenOf(5, START.plusSeconds(59))).isEqualTo(1);
        assertThat(takenOf(5, START.plusSeconds(60))).isEqualTo(3);
    }

    @Test
    void whatWasLeftOutIsToldOnceItsMinuteIsOver() {
        takenOf(10, START);
        assertThat(budget.leftOut()).isZero();
        takenOf(1, START.plusSeconds(60));
        assertThat(budget.leftOut()).isEqualTo(7);
        assertThat(budget.leftOut()).isZero();
    }

    @Test
    void aClockThatIsSetBackSilencesNobody() {
        assertThat(takenOf(3, START)).isEqualTo(3);
        assertThat(takenOf(3, START.minusSeconds(3600))).isEqualTo(3);
    }

    @Test
    void noBudgetAtAllIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MinuteBudget(0))
                .withMessage("most = 0, must be at least 1");
    }
}
