package io.nimscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nimscaler.config.ScalerSettings.StaticTarget;
import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.Observation;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.WakeSources;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StaticPodsTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private record Target(String namespace, List<String> addresses, Map<String, String> metadata)
            implements StaticTarget {}

    private static Map<String, StaticTarget> target(String... addresses) {
        return Map.of("llm", new Target("default", List.of(addresses), Map.of("targetValue", "70%")));
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
                    assertThat(known.pods().get(0).onlyPort()).isEmpty();
                    assertThat(known.pods().get(1).address()).hasValue("10.0.0.2");
                    assertThat(known.pods().get(1).onlyPort()).hasValue(8001);
                    assertThat(known.pods().get(2).address()).hasValue("fd00::1");
                    assertThat(known.pods().get(3).address()).hasValue("fd00::2");
                    assertThat(known.pods().get(3).onlyPort()).hasValue(8002);
                });
    }

    @Test
    void addressGivenTwiceIsOnePod() {
        assertThat(observe("10.0.0.1", "10.0.0.1"))
                .isInstanceOfSatisfying(
                        Observation.Known.class,
                        known -> assertThat(known.pods()).hasSize(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nim-0.example",
                "10.0.0.1:0",
                "10.0.0.1:70000",
                "10.0.0",
                "http://10.0.0.1",
                "[10.0.0.1]:80x",
                "[10.0.0.1]:8000",
                "fd00::1]:8000"
            })
    void whatIsNoAddressIsRefusedByName(String address) {
        assertThatThrownBy(() -> observe(address))
                .hasMessageContaining("nim-scaler.static-targets.llm.addresses = \"" + address + "\"");
    }

    @Test
    void wrongMetadataIsRefusedAtTheStart() {
        assertThatThrownBy(() -> StaticTargets.triggers(target("10.0.0.1"), WakeSources.none()))
                .hasMessageContaining("nim-scaler.static-targets.llm.metadata")
                .hasMessageContaining("targetValue = \"70%\"");
    }

    @Test
    void wakeSourceThatThereIsNotIsRefusedAtTheStart() {
        Map<String, StaticTarget> targets = Map.of(
                "llm",
                new Target("default", List.of("10.0.0.1"), Map.of("targetValue", "0.7", "wakeSource", "gateway")));
        assertThatThrownBy(() -> StaticTargets.triggers(targets, WakeSources.none()))
                .hasMessageContaining("wakeSource = \"gateway\": expected one of nim-scaler.wake-sources");
    }

    @Test
    void otherScaledObjectIsAbsent() {
        assertThat(new StaticPods(target("10.0.0.1"), START)
                        .observe(new ScaledObjectId("default", "other"), Optional.empty()))
                .isInstanceOf(Observation.Absent.class);
    }
}
