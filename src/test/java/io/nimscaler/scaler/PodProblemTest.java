package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.poll.NoSample;
import io.nimscaler.poll.PodProblem;
import io.nimscaler.poll.ScrapeFailure;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A label in a recording is one problem. */
class PodProblemTest {

    static Stream<PodProblem> problems() {
        return Stream.concat(Stream.of(ScrapeFailure.values()), Stream.of(NoSample.values()));
    }

    @ParameterizedTest
    @MethodSource("problems")
    void labelLeadsBackToTheProblem(PodProblem problem) {
        assertThat(PodProblem.of(problem.label())).hasValue(problem);
    }

    @Test
    void otherLabelIsNone() {
        assertThat(PodProblem.of("TIMEOUT")).isEmpty();
    }
}
