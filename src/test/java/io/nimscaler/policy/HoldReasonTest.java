package io.nimscaler.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.scaler.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page says what the log, REST and Events say. */
class HoldReasonTest {

    private static String words() throws IOException {
        return Files.readString(Path.of("src/main/resources/META-INF/resources/page/words.js"));
    }

    @ParameterizedTest
    @EnumSource
    void pageHasTheSameWords(HoldReason reason) throws IOException {
        assertThat(words()).contains("  " + reason.label() + ": '" + reason.text() + "',");
    }

    @Test
    void pageLetsADecisionStandAsLong() throws IOException {
        assertThat(words()).contains("CURRENT_SECONDS = " + Snapshot.CURRENT_FOR.toSeconds() + ";");
    }
}
