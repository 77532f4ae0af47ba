package io.nimscaler.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A case without calls has no tail, and passes; one whose calls get no answer fails. */
class CheckTest {

    @ParameterizedTest
    @CsvSource({
        "20x2/1s@300, 0, 15, 220, true",
        "20x2/1s@300, 1, 15, 220, false",
        "20x2/1s@300, 0, 15.1, 220, false",
        "20x2/1s@300, 0, 15, 221, false",
        "20x2/1s@300, 0, NaN, 220, false",
        "20x2/1s@300, 0, 15, NaN, false",
        "20x2/1s@max, 0, NaN, 220, false",
        "20x2/1s, 0, NaN, 220, true",
        "20x2/1s, 0, NaN, 221, false",
        "20x2/1s, 0, NaN, NaN, false"
    })
    void runIsHeldAgainstItsBounds(String load, int failed, double tail, double kilobytes, boolean good) {
        Optional<String> objection = Check.objectionTo(Case.of(load), failed, tail, kilobytes);

        assertThat(objection.isEmpty()).isEqualTo(good);
    }
}
