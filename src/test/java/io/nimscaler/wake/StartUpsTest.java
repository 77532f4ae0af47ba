package io.nimscaler.wake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StartUpsTest {

    private final StartUps startUps = new StartUps();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private void observe(int spec, boolean sampled, int seconds) {
        startUps.observe(spec, sampled, now);
        now = now.plusSeconds(seconds);
    }

    private void start(int seconds) {
        observe(0, false, 10);
        observe(1, false, seconds);
        observe(1, true, 10);
    }

    @Test
    void defaultHoldsBeforeTheFirstStart() {
        assertThat(startUps.longest()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void startLastsFromTheWakeToTheFirstSampledPod() {
        start(90);
        assertThat(startUps.longest()).isEqualTo(Duration.ofSeconds(90));
        observe(1, true, 500);
        assertThat(startUps.longest()).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void longestOfTheLastFiveHolds() {
        start(300);
        start(60);
        start(50);
        start(40);
        start(30);
        assertThat(startUps.longest()).isEqualTo(Duration.ofSeconds(300));
        start(20);
        assertThat(startUps.longest()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void fleetThatIsFoundAwakeTellsNothing() {
        observe(1, false, 20);
        observe(1, true, 20);
        assertThat(startUps.longest()).isEqualTo(StartUps.DEFAULT);
    }

    @Test
    void startThatWasGivenUpTellsNothing() {
        observe(0, false, 10);
        observe(1, false, 20);
        start(70);
        assertThat(startUps.longest()).isEqualTo(Duration.ofSeconds(70));
    }

    @Test
    void startWhoseBeginningWasNotSeenTellsNothing() {
        observe(0, false, 10);
        startUps.lose();
        observe(1, false, 20);
        observe(1, true, 20);
        assertThat(startUps.longest()).isEqualTo(StartUps.DEFAULT);
    }

    @Test
    void replicasThatAreUnknownDuringAStartDoNotHideIt() {
        observe(0, false, 10);
        observe(1, false, 30);
        startUps.lose();
        observe(1, false, 30);
        observe(1, true, 10);
        assertThat(startUps.longest()).isEqualTo(Duration.ofSeconds(60));
    }
}
