package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nimscaler.e2e.DisturbingScenario;
import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Story;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** With k8s/overlays/admission-policy the API server itself refuses a wrong trigger, for the whole cluster. */
@DisturbingScenario
class RefusesAtAdmission {

    @Test
    void whatTheParserWouldRefuse(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("llm", 2);
        llm.loadFor(2);
        story.applyOverlay("admission-policy");
        ScaledObject scaling = story.scaledObject(llm).trigger(ofSeconds(0)).apply();
        scaling.expectHpaDesires(2, SOON);

        // The API server takes a moment to follow a policy, and looks at a trigger only where it changes
        AtomicInteger attempt = new AtomicInteger();
        story.expect("a wrong value is refused", SOON, () -> {
            try {
                scaling.metadata("targetValue", "seventy" + attempt.incrementAndGet())
                        .apply();
                return false;
            } catch (RuntimeException e) {
                return e.getMessage().contains("targetValue");
            }
        });
        assertThatThrownBy(() -> scaling.metadata("targetValue", "0.70").metadata("pollIntervall", "1s").apply())
                .hasMessageContaining("unknown key");
    }
}
