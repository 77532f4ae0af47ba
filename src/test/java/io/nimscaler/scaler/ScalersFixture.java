package io.nimscaler.scaler;

import io.nimscaler.poll.GpuExporters;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.wake.WakeSources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The use case through its ports, with time in the test's hand. */
abstract class ScalersFixture {

    static final ScaledObjectId ID = new ScaledObjectId("ns", "llm");
    static final Instant LONG_AGO = Instant.parse("2025-12-31T00:00:00Z");

    final FakePods pods = new FakePods();
    final FakeScraper scraper = new FakeScraper();
    final List<Snapshot> decided = new ArrayList<>();
    final Scalers scalers = new Scalers(pods, scraper, WakeSources.none(), GpuExporters.none(), decided::add);
    final Trigger trigger = Triggers.immediate();
    Instant now = Instant.parse("2026-01-01T00:00:00Z");

    void pass(Duration time) {
        Instant end = now.plus(time);
        while (now.isBefore(end)) {
            now = now.plusMillis(50);
            scalers.tick(ID, now);
        }
    }

    Snapshot snapshot(Trigger of) {
        return scalers.snapshot(ID, of).orElseThrow();
    }

    PodStatus pod(int index) {
        return snapshot(trigger).pods().get(index);
    }
}
