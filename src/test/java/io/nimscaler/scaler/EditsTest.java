package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nimscaler.hpa.MetricType;
import io.nimscaler.policy.Activity;
import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Decision;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.trigger.WrittenMetadata;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an edit of a ScaledObject keeps, and triggers that only calls tell. */
class EditsTest extends ScalersFixture {

    private static final WrittenMetadata WRITTEN = WrittenMetadata.of(Map.of());

    /** Of a trigger whose window of 10 s was full and whose pod was sampled. */
    private Decision.Basis justAfterTheEditTo(Trigger other) {
        Trigger before = Triggers.immediate("downscaleStabilizationWindow", "10s");
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.at("1", .5);
        scalers.put(ID, List.of(before), false, now);
        // Two windows, as steps need after a start
        pass(Duration.ofSeconds(22));
        scalers.put(ID, List.of(other), false, now);
        pass(Duration.ofMillis(100));
        return snapshot(other).decision().basis();
    }

    @Test
    void editedWindowKeepsSamplesAndWindows() {
        // Given
        Trigger before = Triggers.immediate("downscaleStabilizationWindow", "10s");
        Trigger after = Triggers.immediate("downscaleStabilizationWindow", "12s", "targetValue", "0.8");
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        scraper.at("1", .1);
        scraper.at("2", .1);
        scalers.put(ID, List.of(before), false, now);
        pass(Duration.ofSeconds(25));

        // When
        scalers.put(ID, List.of(after), false, now);
        pass(Duration.ofSeconds(1));

        // Then
        assertThat(scalers.snapshot(ID, before)).isEmpty();
        assertThat(snapshot(after)
                        .decision()
                        .basis()
                        .known()
                        .orElseThrow()
                        .counts()
                        .sampled())
                .isEqualTo(2);
        assertThat(snapshot(after).decision().basis().windows().remaining()).isLessThan(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @CsvSource({
        "metric, num_requests_waiting",
        "aggregationType, average",
        "port, 8001",
        "path, /other",
        "scheme, https",
        "modelName, other",
        "podSelector, role=leader"
    })
    void editOfWhatIsMeasuredStartsAnew(String key, String value) {
        Trigger other = Triggers.immediate(key, value, "downscaleStabilizationWindow", "10s");
        Decision.Basis basis = justAfterTheEditTo(other);
        assertThat(basis.known().orElseThrow().counts().sampled()).isZero();
        // Steps need two windows after a start
        assertThat(basis.windows().remaining())
                .isEqualTo(Duration.ofSeconds(other.signal().stepsDown() ? 20 : 10));
    }

    @ParameterizedTest
    @CsvSource({
        "targetValue, 0.5",
        "activationTargetValue, 0.1",
        "pollInterval, 1s",
        "staleAfter, 20s",
        "unavailableAfter, 1m",
        "startingDeadline, 1m",
        "tolerance, 0.2",
        "smoothingUp, 2s",
        "smoothingDown, 2s",
        "downscaleStabilizationWindow, 9s",
        "upscaleStabilizationWindow, 1s",
        "loadingCredit, true"
    })
    void editOfAnythingElseKeepsSamplesAndWindows(String key, String value) {
        Map<String, String> edited = new HashMap<>(Map.of("downscaleStabilizationWindow", "10s"));
        edited.put(key, value);
        Trigger other = Triggers.immediate(edited.entrySet().stream()
                .flatMap(entry -> Stream.of(entry.getKey(), entry.getValue()))
                .toArray(String[]::new));
        Decision.Basis basis = justAfterTheEditTo(other);
        assertThat(basis.known().orElseThrow().counts().sampled()).isEqualTo(1);
        assertThat(basis.windows().isFull()).isTrue();
    }

    @Test
    void triggerThatOnlyACallTellsIsAdoptedWhereItsScaledObjectIsOpen() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.at("1", .5);
        scalers.put(ID, List.of(), true, now);
        adopt(trigger);
        pass(Duration.ofSeconds(4));
        assertThat(snapshot(trigger).decision().basis().demand().orElseThrow()).isCloseTo(.5, within(1e-9));
    }

    @Test
    void closedOrUnknownScaledObjectAdoptsNothing() {
        scalers.put(ID, List.of(), false, now);
        adopt(trigger);
        scalers.adopt(new ScaledObjectId("ns", "other"), trigger, WRITTEN, now);
        pass(Duration.ofSeconds(4));
        assertThat(scalers.snapshots()).isEmpty();
        assertThat(scalers.scaledObjects()).containsExactly(ID);
    }

    /** A call of it, to a ScaledObject of which nobody says what it has. */
    private void adopt(Trigger called) {
        scalers.adopt(ID, called, WRITTEN, now);
    }

    /** A call with this metadata, as KEDA sends it. */
    private Trigger call(String... metadata) {
        Trigger called = Triggers.with(Stream.of(metadata).map(EditsTest::plain).toArray(String[]::new));
        scalers.called(ID, called, now);
        scalers.adopt(ID, called, WrittenMetadata.of(map(metadata)), now);
        return called;
    }

    private static String plain(String text) {
        return text.endsWith("FromEnv") ? text.substring(0, text.length() - "FromEnv".length()) : text;
    }

    private static Map<String, String> map(String... keysAndValues) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    private static Set<TriggerByCall> written(String... metadata) {
        return Set.of(new TriggerByCall(MetricType.AVERAGE_VALUE, Optional.of(WrittenMetadata.of(map(metadata)))));
    }

    @Test
    void onlyWhatKedaCanMakeOfTheScaledObjectIsAdopted() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scalers.put(ID, List.of(), written("targetValueFromEnv", "TARGET", "port", "metrics"), now);

        call("targetValue", "0.7", "port", "9999");
        call("targetValueFromEnv", "0.7", "port", "9999");
        call("targetValueFromEnv", "0.7", "port", "metrics", "path", "/secret");
        call("targetValueFromEnv", "0.7", "portFromEnv", "9999");
        call("targetValue", "0.7", "port", "metrics");
        pass(Duration.ofSeconds(2));
        assertThat(scalers.snapshots()).isEmpty();

        Trigger kedas = call("targetValueFromEnv", "0.7", "port", "metrics");
        pass(Duration.ofSeconds(2));
        assertThat(scalers.snapshots())
                .extracting(Snapshot::trigger)
                .containsExactly(kedas.under(MetricType.AVERAGE_VALUE));
    }

    /** KEDA leaves out what the environment does not have. */
    @Test
    void valueThatTheEnvironmentDoesNotHaveMayBeMissing() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scalers.put(ID, List.of(), written("targetValue", "0.7", "portFromEnv", "PORT"), now);
        Trigger kedas = call("targetValue", "0.7");
        pass(Duration.ofSeconds(2));
        assertThat(snapshot(kedas).trigger()).isEqualTo(kedas.under(MetricType.AVERAGE_VALUE));
    }

    @Test
    void callsOfBeforeAndAfterAnEditAreAnsweredForAMinute() {
        // Given
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scalers.put(ID, List.of(), written("targetValueFromEnv", "TARGET", "port", "before"), now);
        Trigger before = call("targetValueFromEnv", "0.7", "port", "before");
        pass(Duration.ofSeconds(15));

        // When
        scalers.put(ID, List.of(), written("targetValueFromEnv", "TARGET", "port", "after"), now);
        Trigger after = call("targetValueFromEnv", "0.7", "port", "after");

        // Then
        for (int second = 0; second < 55; second += 5) {
            call("targetValueFromEnv", "0.7", "port", "before");
            pass(Duration.ofSeconds(5));
            assertThat(snapshot(before).isCurrent(now)).isTrue();
            assertThat(snapshot(after).isCurrent(now)).isTrue();
        }
        pass(Duration.ofSeconds(6));
        call("targetValueFromEnv", "0.7", "port", "before");
        assertThat(scalers.snapshot(ID, before)).isEmpty();
        assertThat(snapshot(after).isCurrent(now)).isTrue();
    }

    @Test
    void editThatIsTakenBackEndsNothing() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        Set<TriggerByCall> asItWas = written("targetValueFromEnv", "TARGET", "port", "before");
        scalers.put(ID, List.of(), asItWas, now);
        Trigger before = call("targetValueFromEnv", "0.7", "port", "before");
        scalers.put(ID, List.of(), written("targetValueFromEnv", "TARGET", "port", "after"), now);
        pass(Duration.ofSeconds(30));
        scalers.put(ID, List.of(), asItWas, now);
        pass(Duration.ofSeconds(60));
        assertThat(snapshot(before).isCurrent(now)).isTrue();
    }

    /** KEDA calls every 15 s. */
    private void passWithCallsFor(Trigger called, Duration time) {
        Instant end = now.plus(time);
        while (now.isBefore(end)) {
            scalers.called(ID, called, now);
            pass(Duration.ofSeconds(15));
        }
    }

    @Test
    void adoptedTriggersAreBounded() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scalers.put(ID, List.of(), true, now);
        for (int i = 1; i <= 900; i++) {
            adopt(numbered(i));
        }
        pass(Duration.ofSeconds(2));
        assertThat(scalers.snapshots()).hasSize(16);
    }

    @Test
    void callsThatAreMadeUpTakeNothingFromTheTriggerThatKedaCalls() {
        // Given
        Trigger kedas = Triggers.immediate("downscaleStabilizationWindow", "1m");
        pods.has(2, FakePods.ready("1", LONG_AGO), FakePods.ready("2", LONG_AGO));
        scraper.at("1", .1);
        scraper.at("2", .1);
        scalers.put(ID, List.of(), true, now);
        adopt(kedas);
        passWithCallsFor(kedas, Duration.ofMinutes(2));

        // When
        for (int i = 1; i <= 500; i++) {
            adopt(numbered(i));
            pass(Duration.ofMillis(100));
        }

        // Then
        assertThat(snapshot(kedas).triggerName()).isEqualTo("gpu_cache_usage_perc");
        assertThat(snapshot(kedas).decision().basis().windows().isFull()).isTrue();
        assertThat(scalers.snapshots()).hasSize(17);
    }

    @Test
    void adoptedTriggerIsForgottenWhenNobodyCallsItAnyMore() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scalers.put(ID, List.of(), true, now);
        Trigger before = Triggers.with("targetValue", "0.2");
        Trigger after = Triggers.with("targetValue", "0.8");
        adopt(before);
        passWithCallsFor(before, Duration.ofMinutes(1));
        adopt(after);
        passWithCallsFor(after, Duration.ofMinutes(4));
        assertThat(scalers.snapshots()).hasSize(2);
        passWithCallsFor(after, Duration.ofMinutes(1));
        assertThat(scalers.snapshots())
                .extracting(Snapshot::trigger)
                .containsExactly(after.under(MetricType.AVERAGE_VALUE));
    }

    @Test
    void valueThatChangesInTheEnvironmentKeepsSamplesAndWindows() {
        // Given
        Trigger before = Triggers.immediate("targetValue", "0.2", "downscaleStabilizationWindow", "1m");
        Trigger after = Triggers.immediate("targetValue", "0.8", "downscaleStabilizationWindow", "1m");
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.at("1", .1);
        scalers.put(ID, List.of(), true, now);
        adopt(before);
        passWithCallsFor(before, Duration.ofMinutes(3));

        // When
        adopt(after);
        pass(Duration.ofMillis(100));

        // Then
        assertThat(snapshot(after)
                        .decision()
                        .basis()
                        .known()
                        .orElseThrow()
                        .counts()
                        .sampled())
                .isEqualTo(1);
        assertThat(snapshot(after).decision().basis().windows().isFull()).isTrue();
    }

    @Test
    void heirAndTestatorGoTheirOwnWays() {
        // Given
        Trigger before = Triggers.immediate("targetValue", "0.2", "downscaleStabilizationWindow", "1m");
        Trigger after = Triggers.immediate("targetValue", "0.8", "downscaleStabilizationWindow", "1m");
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.at("1", .9);
        scalers.put(ID, List.of(), true, now);
        adopt(before);
        passWithCallsFor(before, Duration.ofMinutes(2));
        adopt(after);

        // When
        scraper.at("1", .1);
        pass(Duration.ofSeconds(50));

        // Then: had both fed one window, a minute would have passed in it
        assertThat(snapshot(after).decision().basis().windows().highest().orElseThrow())
                .isCloseTo(.9, within(1e-9));
        assertThat(snapshot(before).decision().basis().windows().highest().orElseThrow())
                .isCloseTo(.9, within(1e-9));
    }

    @Test
    void allValuesMayChangeAtOnce() {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scalers.put(ID, List.of(), true, now);
        List<Trigger> before = targetValues(1, 16);
        List<Trigger> after = targetValues(101, 116);
        before.forEach(each -> adopt(each));
        pass(Duration.ofSeconds(15));
        before.forEach(each -> scalers.called(ID, each, now));
        after.forEach(each -> adopt(each));
        pass(Duration.ofSeconds(15));
        after.forEach(each -> scalers.called(ID, each, now));
        pass(Duration.ofSeconds(2));
        assertThat(scalers.snapshots())
                .extracting(Snapshot::trigger)
                .containsExactlyInAnyOrderElementsOf(after.stream()
                        .map(trigger -> trigger.under(MetricType.AVERAGE_VALUE))
                        .toList());
    }

    /**
     * @param i 1 to 980
     */
    private static Trigger numbered(int i) {
        return Triggers.with("targetValue", String.format(Locale.ROOT, "0.%03d", i + 10));
    }

    private static List<Trigger> targetValues(int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(i -> numbered(i)).toList();
    }

    /** The reference: 3 pods at 0.654 under AverageValue; an average of 0.655 would make the HPA end at 1. */
    @Test
    void aggregationThatDoesNotFitIsUnknownAndNeverANumber() {
        threePodsAt(.654);
        Trigger average = Triggers.immediate("aggregationType", "average");
        scalers.put(ID, List.of(average.under(MetricType.AVERAGE_VALUE)), false, now);
        pass(Duration.ofMinutes(2));
        Snapshot snapshot = snapshot(average);
        assertThat(snapshot.answer())
                .isInstanceOfSatisfying(
                        Answer.Unavailable.class,
                        unavailable -> assertThat(unavailable.reason())
                                .contains("aggregationType = \"average\": expected sum under metricType AverageValue"));
        assertThat(snapshot.hpaDesiredReplicas()).isEmpty();
        assertThat(snapshot.activity()).isEqualTo(Activity.UNKNOWN);
        assertThat(snapshot.pods()).isEmpty();
    }

    @Test
    void aggregationFollowsTheMetricTypeOfTheScaledObject() {
        threePodsAt(.9);
        Trigger called = Triggers.immediate();
        scalers.put(ID, List.of(called.under(MetricType.VALUE)), false, now);
        pass(Duration.ofSeconds(10));
        assertThat(snapshot(called).answer()).isEqualTo(new Answer.Value(900));
        assertThat(snapshot(called).hpaDesiredReplicas()).hasValue(4);

        // The edit of the metricType alone, which no call shows
        scalers.put(ID, List.of(called.under(MetricType.AVERAGE_VALUE)), false, now);
        pass(Duration.ofSeconds(10));
        assertThat(snapshot(called).answer()).isEqualTo(new Answer.Value(2700));
        assertThat(snapshot(called).hpaDesiredReplicas()).hasValue(4);
    }

    @Test
    void adoptedTriggerIsComparedAsItsScaledObjectSays() {
        threePodsAt(.9);
        scalers.put(ID, List.of(), Set.of(TriggerByCall.any(MetricType.VALUE)), now);
        adopt(Triggers.immediate());
        pass(Duration.ofSeconds(10));
        assertThat(snapshot(Triggers.immediate()).answer()).isEqualTo(new Answer.Value(900));
    }

    @Test
    void ofTwoMetricTypesAnAdoptedTriggerHasTheOneThatItsAggregationFits() {
        threePodsAt(.9);
        Trigger sum = Triggers.immediate("aggregationType", "sum");
        Trigger max = Triggers.immediate("aggregationType", "max");
        scalers.put(
                ID,
                List.of(),
                Set.of(TriggerByCall.any(MetricType.VALUE), TriggerByCall.any(MetricType.AVERAGE_VALUE)),
                now);
        adopt(sum);
        adopt(max);
        adopt(Triggers.immediate());
        pass(Duration.ofSeconds(10));
        assertThat(snapshot(sum).answer()).isEqualTo(new Answer.Value(2700));
        assertThat(snapshot(max).answer()).isEqualTo(new Answer.Value(900));
        assertThat(scalers.snapshot(ID, Triggers.immediate())).isEmpty();
    }

    private void threePodsAt(double kv) {
        Pod[] three = new Pod[3];
        for (int i = 0; i < three.length; i++) {
            three[i] = FakePods.ready("" + i, LONG_AGO);
            scraper.at("" + i, kv);
        }
        pods.has(3, three);
    }
}
