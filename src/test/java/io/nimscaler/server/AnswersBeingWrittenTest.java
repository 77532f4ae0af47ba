package io.nimscaler.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.AnswerBeingWritten;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** {@link AnswerGate}: an answer may be looked at while it is written. */
class AnswersBeingWrittenTest {

    @Test
    void lookingAtOneHoldsUpNobody() throws Exception {
        try (AnswerBeingWritten answer = new AnswerBeingWritten()) {
            assertThat(answer.isLookedAtBy(AnswerGate::isRead)).succeedsWithin(Duration.ofSeconds(20));
        }
    }
}
