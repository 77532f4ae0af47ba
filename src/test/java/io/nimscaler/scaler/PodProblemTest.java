package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.poll.PodProblem;
import io.nimscaler.poll.ScrapeFailure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PodProblemTest {

    @ParameterizedTest
    @EnumSource
    void failedExchangeIsAProblemOfTheSameName(ScrapeFailure failure) {
        assertThat(PodProblem.of(failure).label()).isEqualTo(failure.label());
    }
}
