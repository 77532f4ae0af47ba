package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AgendaTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final Agenda<String> agenda = new Agenda<>();

    @Test
    void whoseTurnHasComeIsInTheOrderOfTheTurns() {
        agenda.put("late", NOON.plusMillis(1));
        agenda.put("second", NOON);
        agenda.put("first", NOON.minusSeconds(1));

        assertThat(agenda.due(NOON)).containsExactly("first", "second");
    }

    @Test
    void whatIsPutAgainHasOneTurn() {
        agenda.put("one", NOON.minusSeconds(2));
        agenda.put("one", NOON.plusSeconds(1));

        assertThat(agenda.due(NOON)).isEmpty();
        assertThat(agenda.due(NOON.plusSeconds(1))).containsExactly("one");
    }

    @Test
    void whatIsNotPutAgainStaysDue() {
        agenda.put("one", NOON);
        agenda.due(NOON);

        assertThat(agenda.due(NOON)).containsExactly("one");
    }

    @Test
    void tellsWhenTheNextTurnIs() {
        assertThat(agenda.nextDue()).isEqualTo(Instant.MAX);

        agenda.put("late", NOON.plusSeconds(1));
        agenda.put("past", NOON.minusSeconds(1));

        assertThat(agenda.nextDue()).isEqualTo(NOON.minusSeconds(1));
    }

    @Test
    void whatIsGoneHasNoTurn() {
        agenda.put("one", NOON);
        agenda.remove("one");
        agenda.remove("none");

        assertThat(agenda.due(NOON)).isEmpty();
    }

    /** Against a look at all of them. */
    @Test
    void findsWhatALookAtAllFinds() {
        Random random = new Random(7);
        Map<String, Instant> all = new HashMap<>();
        for (int i = 0; i < 5_000; i++) {
            String what = "n" + random.nextInt(50);
            Instant due = NOON.plusMillis(random.nextInt(1_000));
            if (random.nextInt(4) == 0) {
                agenda.remove(what);
                all.remove(what);
            } else {
                agenda.put(what, due);
                all.put(what, due);
            }
            Instant now = NOON.plusMillis(random.nextInt(1_000));
            List<String> expected = all.entrySet().stream()
                    .filter(entry -> !entry.getValue().isAfter(now))
                    .map(Map.Entry::getKey)
                    .toList();

            assertThat(agenda.due(now)).containsExactlyInAnyOrderElementsOf(expected);
        }
    }
}
