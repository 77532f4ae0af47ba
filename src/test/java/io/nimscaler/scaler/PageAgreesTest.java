package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page has the numbers of the code. */
class PageAgreesTest {

    @Test
    void aDecisionStandsAsLong() throws IOException {
        assertThat(Files.readString(Path.of("src/main/resources/META-INF/resources/page/words.js")))
                .contains("CURRENT_SECONDS = " + Snapshot.CURRENT_FOR.toSeconds() + ";");
    }
}
