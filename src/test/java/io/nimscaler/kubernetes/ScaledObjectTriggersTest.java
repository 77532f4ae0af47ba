package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.hpa.MetricType;
import io.nimscaler.kubernetes.ScaledObject.TriggerSpec;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.TriggerByCall;
import io.nimscaler.trigger.AggregationType;
import io.nimscaler.trigger.Scheme;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.trigger.WrittenMetadata;
import io.nimscaler.wake.WakeMetric;
import io.nimscaler.wake.WakeSource;
import io.nimscaler.wake.WakeSources;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScaledObjectTriggersTest {

    private static final List<String> NAMES = List.of("keda-nim-scaler");

    private static TriggerSpec ours(String metricType, String... keysAndValues) {
        Map<String, String> metadata = new HashMap<>(Map.of("scalerAddress", "keda-nim-scaler.ns:9090"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            metadata.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return new TriggerSpec("external", metricType, metadata);
    }

    private static TriggerSpec push(String... keysAndValues) {
        return new TriggerSpec(
                "external-push",
                "AverageValue",
                ours("AverageValue", keysAndValues).metadata());
    }

    private static final WakeSources SOURCES = new WakeSources(List.of(new WakeSource(
            "gateway",
            Set.of("ns"),
            Scheme.HTTP,
            "gateway.ns",
            9090,
            "/metrics",
            Optional.empty(),
            Duration.ofSeconds(2),
            WakeMetric.of("queue_size", "model_name", 0, false).orElseThrow())));

    private static ScaledObjectTriggers read(int minReplicas, TriggerSpec... triggers) {
        return read(minReplicas, OptionalInt.empty(), triggers);
    }

    private static ScaledObjectTriggers read(int minReplicas, OptionalInt idleReplicas, TriggerSpec... triggers) {
        return ScaledObjectTriggers.of(
                new ScaledObject(
                        new ScaledObjectId("ns", "llm"),
                        "uid",
                        Optional.empty(),
                        minReplicas,
                        idleReplicas,
                        List.of(triggers)),
                NAMES,
                SOURCES);
    }

    private static List<String> reasons(ScaledObjectTriggers triggers) {
        return triggers.complaints().stream()
                .map(ScaledObjectTriggers.Complaint::reason)
                .toList();
    }

    @Test
    void validTriggerIsReadWithoutComplaint() {
        ScaledObjectTriggers read = read(1, ours("AverageValue", "targetValue", "0.70"));
        assertThat(read.triggers()).containsExactly(Triggers.with().under(MetricType.AVERAGE_VALUE));
        assertThat(read.byCall()).isEmpty();
        assertThat(read.complaints()).isEmpty();
    }

    @Test
    void wrongTriggerIsRefusedAndTheOthersStay() {
        ScaledObjectTriggers read =
                read(1, ours("AverageValue", "targetValue", "x"), ours("AverageValue", "targetValue", "0.70"));
        assertThat(read.number()).isEqualTo(2);
        assertThat(read.triggers()).hasSize(1);
        assertThat(reasons(read)).containsExactly("TriggerRefused");
    }

    @Test
    void triggerWithAValueFromTheEnvironmentWaitsForKedasCall() {
        ScaledObjectTriggers read = read(1, ours("AverageValue", "targetValueFromEnv", "TARGET"));
        assertThat(read.triggers()).isEmpty();
        assertThat(read.byCall())
                .containsExactly(new TriggerByCall(
                        MetricType.AVERAGE_VALUE,
                        Optional.of(new WrittenMetadata(Map.of(), Set.of("targetValueFromEnv")))));
    }

    @Test
    void selectorFromTheEnvironmentIsRefusedBeforeKedaCalls() {
        ScaledObjectTriggers read =
                read(1, ours("AverageValue", "targetValue", "0.7", "podSelectorFromEnv", "SELECTOR"));
        assertThat(read.triggers()).isEmpty();
        assertThat(read.complaints())
                .containsExactly(
                        new ScaledObjectTriggers.Complaint(
                                "TriggerRefused",
                                "trigger metadata: podSelectorFromEnv: expected podSelector itself: a call makes no watch of pods"));
    }

    @Test
    void aggregationThatDoesNotFitTheMetricTypeIsNamed() {
        ScaledObjectTriggers read = read(1, ours("AverageValue", "targetValue", "0.7", "aggregationType", "average"));
        assertThat(reasons(read)).containsExactly("MetricTypeMismatch");
        assertThat(read.complaints().getFirst().text())
                .startsWith(
                        "aggregationType = \"average\": expected sum under metricType AverageValue (KEDA's default)");
        assertThat(reasons(read(1, ours("Value", "targetValue", "0.7", "aggregationType", "sum"))))
                .containsExactly("MetricTypeMismatch");
        assertThat(reasons(read(1, ours("Value", "targetValue", "0.7", "aggregationType", "max"))))
                .isEmpty();
    }

    @Test
    void aggregationFollowsTheMetricTypeWhereNoneIsGiven() {
        ScaledObjectTriggers value = read(1, ours("Value", "targetValue", "0.7"));
        assertThat(value.complaints()).isEmpty();
        assertThat(value.triggers()).extracting(Trigger::aggregationType).containsExactly(AggregationType.AVERAGE);
        assertThat(read(1, ours("AverageValue", "targetValue", "0.7")).triggers())
                .extracting(Trigger::aggregationType)
                .containsExactly(AggregationType.SUM);
    }

    @Test
    void metricTypeThatNoExternalMetricHasIsRefused() {
        ScaledObjectTriggers read = read(1, ours("Utilization", "targetValue", "0.7"));
        assertThat(read.triggers()).isEmpty();
        assertThat(read.complaints())
                .containsExactly(new ScaledObjectTriggers.Complaint(
                        "TriggerRefused",
                        "metricType = \"Utilization\": expected AverageValue or Value",
                        "triggers[0]",
                        Optional.empty()));
    }

    /** A call carries the metadata alone: it can not be told for which of the two it is. */
    @Test
    void triggersThatACallCanNotTellApartAreRefused() {
        ScaledObjectTriggers twins =
                read(1, ours("Value", "targetValue", "0.7"), ours("AverageValue", "targetValue", "0.7"));
        assertThat(twins.triggers()).isEmpty();
        assertThat(reasons(twins)).containsExactly("TriggerRefused");

        ScaledObjectTriggers open =
                read(1, ours("Value", "targetValueFromEnv", "T"), ours("AverageValue", "targetValueFromEnv", "T"));
        assertThat(open.byCall()).isEmpty();
        assertThat(reasons(open)).containsExactly("TriggerRefused");

        ScaledObjectTriggers stated = read(
                1,
                ours("Value", "targetValueFromEnv", "T", "aggregationType", "max"),
                ours("AverageValue", "targetValueFromEnv", "T", "aggregationType", "sum"));
        assertThat(stated.byCall())
                .extracting(TriggerByCall::metricType)
                .containsExactlyInAnyOrder(MetricType.VALUE, MetricType.AVERAGE_VALUE);
        assertThat(stated.complaints()).isEmpty();
    }

    @Test
    void nothingThatCouldWakeItFromZeroIsNamed() {
        TriggerSpec valid = ours("AverageValue", "targetValue", "0.7");
        assertThat(reasons(read(0, valid))).containsExactly("NoWakeSource");
        assertThat(reasons(read(0, valid, new TriggerSpec("cron", "AverageValue", Map.of()))))
                .isEmpty();
    }

    /** KEDA goes to idleReplicaCount instead of minReplicaCount where no trigger is active (keda: scale_scaledobjects.go). */
    @Test
    void idleReplicaCountIsASecondWayToZero() {
        TriggerSpec valid = ours("AverageValue", "targetValue", "0.7");
        ScaledObjectTriggers idle = read(2, OptionalInt.of(0), valid);
        assertThat(reasons(idle)).containsExactly("NoWakeSource");
        assertThat(idle.complaints().getFirst().text())
                .startsWith("idleReplicaCount is 0 and all triggers are of this scaler")
                .contains("remove idleReplicaCount");
        assertThat(reasons(read(2, OptionalInt.of(1), valid))).isEmpty();
        assertThat(reasons(read(2, OptionalInt.of(0), push("targetValue", "0.7", "wakeSource", "gateway"))))
                .isEmpty();
    }

    @Test
    void wakeSourceWakesItFromZero() {
        ScaledObjectTriggers read = read(0, push("targetValue", "0.7", "wakeSource", "gateway"));
        assertThat(read.triggers()).hasSize(1);
        assertThat(read.complaints()).isEmpty();
        assertThat(reasons(read(0, push("targetValue", "0.7", "wakeSourceFromEnv", "WAKE"))))
                .isEmpty();
    }

    @Test
    void wakeSourceThatThereIsNotOrThatThisNamespaceMayNotUseIsRefused() {
        ScaledObjectTriggers read = read(0, push("targetValue", "0.7", "wakeSource", "gatewax"));
        assertThat(read.triggers()).isEmpty();
        assertThat(read.complaints())
                .containsExactly(new ScaledObjectTriggers.Complaint(
                        "TriggerRefused",
                        "trigger metadata: wakeSource = \"gatewax\": expected one of nim-scaler.wake-sources that namespace"
                                + " ns may use",
                        "triggers[0]",
                        Optional.empty()));
    }

    @Test
    void wakeSourceOfATriggerThatKedaOnlyPollsIsNamed() {
        assertThat(reasons(read(0, ours("AverageValue", "targetValue", "0.7", "wakeSource", "gateway"))))
                .containsExactly("TriggerQuestionable");
    }

    @Test
    void triggersOfOthersAreNoneOfOurBusiness() {
        ScaledObjectTriggers read = read(0, new TriggerSpec("prometheus", "AverageValue", Map.of()));
        assertThat(read.number()).isZero();
        assertThat(read.complaints()).isEmpty();
    }
}
