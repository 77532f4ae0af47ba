package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.Bodies;
import io.nimscaler.signal.PodValue;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many requests a pod works on at once, where its engine or its containers say it. */
class StatedMaximumTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest(name = "{0}, told {1}: {2}")
    @CsvSource({
        // body, what its containers are told, what counts
        "vllm-0.32.0-saturated, 96, 96",
        "vllm-0.32.0-saturated, , ",
        "nim-1.x, 96, 64",
        "nim-1.x, , 64"
    })
    void engineIsBelievedBeforeItsContainers(String body, Integer told, Integer expected) {
        // Given
        Trigger trigger = Triggers.with("metric", "serving_load");
        Pod pod = FakePods.ready("pod", NOW).worksOnAtMost(told == null ? OptionalInt.empty() : OptionalInt.of(told));
        PodMemory memory = new PodMemory(pod, trigger, false);

        // When
        memory.take(Bodies.real(body, trigger.signal().seriesNames()), () -> "10.0.0.1:8000/metrics", trigger, NOW);

        // Then
        PodValue.Work work = (PodValue.Work) memory.fresh(trigger, NOW).orElseThrow();
        assertThat(work.maxRunning())
                .isEqualTo(expected == null ? OptionalDouble.empty() : OptionalDouble.of(expected));
    }
}
