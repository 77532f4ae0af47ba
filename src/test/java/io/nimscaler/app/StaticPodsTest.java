package io.nimscaler.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.Notice;
import io.nimscaler.scaler.Observation;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.settings.Settings;
import io.nimscaler.trigger.Triggers;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StaticPodsTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static List<Settings.StaticTarget> target(String... addresses) {
        return List.of(new Settings.StaticTarget(
                new ScaledObjectId("default", "llm"),
                Stream.of(addresses)
                        .map(text -> Settings.Address.of(text).orElseThrow())
                        .toList(),
                Triggers.with(),
                List.of()));
    }

    private static Observation observe(String... addresses) {
        return new StaticPods(target(addresses), START).observe(new ScaledObjectId("default", "llm"), Optional.empty());
    }

    @Test
    void eachAddressIsAReadyPodAndAWantedReplica() {
        assertThat(observe("10.0.0.1", "10.0.0.2:8001", "fd00::1", "[fd00::2]:8002"))
                .isInstanceOfSatisfying(Observation.Known.class, known -> {
                    assertThat(known.scale()).isEqualTo(new Scale(4, 4));
                    assertThat(known.pods()).allMatch(pod -> pod.ready());
                    assertThat(known.pods().get(0).access().onlyPort()).isEmpty();
                    assertThat(known.pods().get(1).address()).hasValue("10.0.0.2");
                    assertThat(known.pods().get(1).access().onlyPort()).hasValue(8001);
                    assertThat(known.pods().get(2).address()).hasValue("fd00::1");
                    assertThat(known.pods().get(3).address()).hasValue("fd00::2");
                    assertThat(known.pods().get(3).access().onlyPort()).hasValue(8002);
                });
    }

    @Test
    void addressGivenTwiceIsOnePod() {
        assertThat(observe("10.0.0.1", "10.0.0.1"))
                .isInstanceOfSatisfying(
                        Observation.Known.class,
                        known -> assertThat(known.pods()).hasSize(1));
    }

    @Test
    void warningsOfATriggerAreNoticesOnIt() {
        Settings.StaticTarget plain = target("10.0.0.1").getFirst();
        StaticPods pods = new StaticPods(
                List.of(new Settings.StaticTarget(
                        plain.scaledObject(), plain.addresses(), plain.trigger(), List.of("hardly asks for more"))),
                START);
        assertThat(pods.notices())
                .containsExactly(new Notice(
                        plain.scaledObject(),
                        "triggers",
                        Optional.of(plain.trigger()),
                        "TriggerQuestionable",
                        "hardly asks for more"));
    }

    @Test
    void otherScaledObjectIsAbsent() {
        assertThat(new StaticPods(target("10.0.0.1"), START)
                        .observe(new ScaledObjectId("default", "other"), Optional.empty()))
                .isInstanceOf(Observation.Absent.class);
    }
}
