package io.nimscaler.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.signal.HighestRates.Rates;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HighestRatesTest {

    private static final Duration DAY = Duration.ofDays(1);
    private static final Rates CHAT = new Rates(1000, 10, 5000);
    private static final Rates CODE = new Rates(200, 4, 20_000);

    private final HighestRates highest = new HighestRates();

    @Test
    void eachKindOfRequestsIsKept() {
        highest.include(CHAT);
        highest.include(CODE);

        assertThat(highest.all()).containsExactly(CHAT, CODE);
    }

    @ParameterizedTest(name = "{0} × as high: {1} are kept")
    @CsvSource({"0.5, 1000", "0.99, 1000", "1, 1000", "1.01, 1010", "2, 2000"})
    void oneOfTheSameKindIsKept(double times, double tokens) {
        highest.include(CHAT);
        highest.include(times(times, CHAT));

        assertThat(highest.all()).extracting(Rates::tokens).containsExactly(tokens);
    }

    @Test
    void oneReplacesAllThatAreNowhereHigher() {
        highest.include(CHAT);
        highest.include(CODE);
        highest.include(new Rates(1000, 10, 20_000));

        assertThat(highest.all()).containsExactly(new Rates(1000, 10, 20_000));
    }

    @ParameterizedTest(name = "{0} × as high half a day later: {1} kept after a day")
    @CsvSource({"0.89, 0", "0.91, 1", "1, 1"})
    void isKeptForADaySincePodsDidNearlyAsMuch(double times, int kept) {
        highest.include(CHAT);
        highest.pass(DAY.dividedBy(2));
        highest.include(times(times, CHAT));
        highest.pass(DAY.dividedBy(2));
        assertThat(highest.all()).hasSize(1);

        highest.pass(Duration.ofSeconds(1));
        assertThat(highest.all()).hasSize(kept);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void noneIsNowhereHigherThanAnotherAndThereAreNotMany(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            highest.include(new Rates(1 + random.nextInt(30), 1 + random.nextInt(30), 1 + random.nextInt(30)));
            highest.pass(Duration.ofSeconds(random.nextInt(600)));
            List<Rates> all = highest.all();

            assertThat(all).hasSizeBetween(1, 32);
            assertThat(all)
                    .allSatisfy(one -> assertThat(all)
                            .filteredOn(other -> other.over(one) >= 1)
                            .containsExactly(one));
        }
    }

    private static Rates times(double times, Rates rates) {
        return new Rates(times * rates.tokens(), times * rates.completed(), times * rates.prompts());
    }
}
