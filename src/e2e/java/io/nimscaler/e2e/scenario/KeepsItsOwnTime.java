package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The wall clock is set back by an hour, and forth again, while the scaler runs; by libfaketime, skipped where there is none. */
@Scenario
class KeepsItsOwnTime {

    @Test
    @Tag("long")
    void whileTheWallClockIsSet(Story story) throws IOException {
        Path library = Stream.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/local/lib")
                .map(folder -> Path.of(folder, "faketime", "libfaketime.so.1"))
                .filter(Files::exists)
                .findFirst()
                .orElse(Path.of("none"));
        assumeTrue(Files.exists(library), "libfaketime is not installed");
        Path clock = story.file("clock");
        Files.writeString(clock, "+1h\n");
        story.scaler(
                1,
                Map.of(
                        "LD_PRELOAD", library.toString(),
                        "FAKETIME_TIMESTAMP_FILE", clock.toString(),
                        "FAKETIME_NO_CACHE", "1",
                        "FAKETIME_DONT_FAKE_MONOTONIC", "1"));
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(4);
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(10)).apply();
        scaling.expectHpaDesires(4, SOON);

        story.say("the wall clock is set back by an hour");
        Files.writeString(clock, "+0\n");
        llm.expectReplicasKept(4, ofSeconds(5));
        llm.loadFor(7);
        llm.expectReplicas(7, SOON);
        story.say("the wall clock is set forth by an hour");
        Files.writeString(clock, "+1h\n");
        llm.loadFor(3);
        // Neither is a sample old nor the window over at once
        llm.expectReplicasKept(7, ofSeconds(6));
        // The first steps
        llm.expectReplicas(4, SOON);
    }
}
