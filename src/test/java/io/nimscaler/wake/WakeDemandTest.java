package io.nimscaler.wake;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.MetricType;
import io.nimscaler.exposition.SampleLine;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WakeDemandTest {

    private static final Duration AWAKE = Duration.ofSeconds(60);
    private static final Duration STALE = Duration.ofSeconds(10);
    private static final String QUEUE = "llm_d_epp_flow_control_queue_size";
    private static final String INCOMING = "vllm:num_incoming_requests_total";

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private WakeDemand demand = of(QUEUE, false);

    private static WakeDemand of(String metric, boolean absentIsZero) {
        return new WakeDemand(
                WakeMetric.of(metric, "model_name", 0, absentIsZero).orElseThrow());
    }

    private static SampleLine series(String name, String model, double value) {
        return new SampleLine(name, Map.of("model_name", model), value, OptionalLong.empty());
    }

    private static SampleLine queue(String model, double value) {
        return series(QUEUE, model, value);
    }

    private static SampleLine incoming(String model, double value) {
        return series(INCOMING, model, value);
    }

    private void read(SampleLine... body) {
        now = now.plusSeconds(2);
        demand.take(List.of(body), now);
    }

    private void pass(long seconds) {
        now = now.plusSeconds(seconds);
    }

    private Wake wake(String model) {
        return demand.wake("gateway", Optional.of(model), AWAKE, STALE, now);
    }

    private Wake wake() {
        return demand.wake("gateway", Optional.empty(), AWAKE, STALE, now);
    }

    private static void assertUnknown(Wake wake, String reason) {
        assertThat(wake).isEqualTo(new Wake.Unknown("gateway", reason));
    }

    private static void assertQuiet(Wake wake) {
        assertThat(wake).isEqualTo(new Wake.Quiet("gateway", OptionalDouble.of(0)));
    }

    private void assertDemanded(Wake wake, double amount) {
        assertThat(wake).isEqualTo(new Wake.Demanded("gateway", OptionalDouble.of(amount), now, AWAKE));
    }

    @Test
    void sourceThatWasNeverReadIsUnknown() {
        assertUnknown(wake(), "it was not read yet");
        demand.fail("timeout: no response");
        assertUnknown(wake(), "timeout: no response");
    }

    @Test
    void queueThatIsEmptyIsQuietAndOneThatIsNotIsDemand() {
        read(queue("llm", 0));
        assertQuiet(wake());
        read(queue("llm", 3));
        assertDemanded(wake(), 3);
    }

    @Test
    void eachModelHasItsOwnSeriesOfASharedGateway() {
        read(queue("llm", 3), queue("other", 0));
        assertDemanded(wake("llm"), 3);
        assertQuiet(wake("other"));
        assertDemanded(wake(), 3);
        assertUnknown(wake("third"), QUEUE + " has no series with model_name = \"third\"");
    }

    @Test
    void modelThatIsSpeltOtherwiseIsNamedAndNobodyElses() {
        read(queue("org/model-x", 3), queue("other", 0));
        assertUnknown(
                wake("Org/Model-X"),
                QUEUE + " has no series with model_name = \"Org/Model-X\"; there is \"org/model-x\"");
    }

    @Test
    void severalSeriesOfOneModelAddUp() {
        read(
                new SampleLine(QUEUE, Map.of("model_name", "llm", "priority", "0"), 2, OptionalLong.empty()),
                new SampleLine(QUEUE, Map.of("model_name", "llm", "priority", "-10"), 5, OptionalLong.empty()));
        assertDemanded(wake("llm"), 7);
    }

    @Test
    void demandMustBeMoreThanTheActivation() {
        demand = new WakeDemand(WakeMetric.of(QUEUE, "model_name", 2, false).orElseThrow());
        read(queue("llm", 2));
        assertThat(wake()).isEqualTo(new Wake.Quiet("gateway", OptionalDouble.of(2)));
        read(queue("llm", 3));
        assertDemanded(wake(), 3);
    }

    @Test
    void demandKeepsAwakeForAStartAndNotLonger() {
        read(queue("llm", 3));
        assertDemanded(wake(), 3);
        Instant last = now;
        for (int i = 0; i < 29; i++) {
            read(queue("llm", 0));
            assertThat(wake()).isEqualTo(new Wake.Demanded("gateway", OptionalDouble.of(0), last, AWAKE));
        }
        read(queue("llm", 0));
        assertQuiet(wake());
    }

    @Test
    void demandBetweenTwoLooksIsNotMissed() {
        read(queue("llm", 0));
        assertQuiet(wake("llm"));
        read(queue("llm", 1));
        Instant last = now;
        read(queue("llm", 0));
        assertThat(wake("llm")).isEqualTo(new Wake.Demanded("gateway", OptionalDouble.of(0), last, AWAKE));
    }

    @Test
    void lostAnswerIsBridgedAndThenItIsUnknown() {
        read(queue("llm", 0));
        assertQuiet(wake());
        demand.fail("connection refused");
        pass(10);
        assertQuiet(wake());
        pass(1);
        assertUnknown(wake(), "connection refused");
        read(queue("llm", 0));
        assertQuiet(wake());
    }

    @Test
    void demandOutlivesItsSource() {
        read(queue("llm", 1));
        Instant last = now;
        assertDemanded(wake(), 1);
        demand.fail("connection refused");
        pass(59);
        assertThat(wake()).isEqualTo(new Wake.Demanded("gateway", OptionalDouble.empty(), last, AWAKE));
        pass(1);
        assertUnknown(wake(), "connection refused");
    }

    @Test
    void bodyWithoutTheSeriesIsUnknown() {
        read();
        assertUnknown(wake(), "no series " + QUEUE);
        read(queue("llm", 0));
        assertQuiet(wake("llm"));
        read(queue("other", 0));
        pass(11);
        assertUnknown(wake("llm"), QUEUE + " has no series with model_name = \"llm\"");
    }

    @Test
    void bodyWithoutTheSeriesIsNoDemandWhereTheOperatorSaysSo() {
        demand = of(QUEUE, true);
        read();
        assertQuiet(wake("llm"));
        read(queue("other", 1));
        assertQuiet(wake("llm"));
        read(queue("llm", 1));
        assertDemanded(wake("llm"), 1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -1})
    void valueThatCanNotBeIsUnknownForItsModelAlone(double value) {
        read(queue("llm", value), queue("other", 0));
        assertUnknown(
                wake("llm"),
                QUEUE + " = " + value
                        + ", expected one finite number of at least 0 and at most 1.0E20 for one set of labels");
        assertQuiet(wake("other"));
    }

    @Test
    void twoValuesOfOneSeriesAreUnknown() {
        read(queue("llm", 0), queue("llm", 3));
        assertThat(wake()).isInstanceOf(Wake.Unknown.class);
        read(queue("llm", 3), queue("llm", 3));
        assertDemanded(wake(), 3);
    }

    private SampleLine written(Duration before, String model, double value) {
        return new SampleLine(
                QUEUE,
                Map.of("model_name", model),
                value,
                OptionalLong.of(now.plusSeconds(2).minus(before).toEpochMilli()));
    }

    /** A federation gives each value the time at which it was scraped. */
    @Test
    void anOldValueIsUnknownWhateverItIs() {
        read(written(Duration.ofHours(1), "llm", 0), written(Duration.ofSeconds(60), "other", 0));
        assertUnknown(
                wake("llm"), "by its timestamp " + QUEUE + " was 3600 s old when asked for, expected at most 90 s");
        assertQuiet(wake("other"));
        assertThat(wake()).isInstanceOf(Wake.Unknown.class);
        read(written(Duration.ofHours(1), "llm", 3), written(Duration.ofSeconds(60), "other", 3));
        assertThat(wake("llm")).isInstanceOf(Wake.Unknown.class);
        assertDemanded(wake("other"), 3);
    }

    @Test
    void aValueOfAClockThatIsAheadIsKnown() {
        read(written(Duration.ofHours(-1), "llm", 3));
        assertDemanded(wake("llm"), 3);
    }

    /** A gateway's users may choose other labels than the model's, and as many as a body may have. */
    @ParameterizedTest
    @ValueSource(strings = {QUEUE, "rate(" + INCOMING + ")"})
    void noLabelIsKeptButTheModels(String metric) {
        demand = of(metric, false);
        WeakReference<String> user = readOfAUser(metric.equals(QUEUE) ? QUEUE : INCOMING);
        for (int i = 0; user.get() != null && i < 20; i++) {
            System.gc();
        }
        assertThat(user.get()).isNull();
        assertThat(wake("llm")).isNotNull();
    }

    private WeakReference<String> readOfAUser(String series) {
        String user = "user-" + now.toEpochMilli();
        read(new SampleLine(series, Map.of("model_name", "llm", "user", user), 1, OptionalLong.empty()));
        return new WeakReference<>(user);
    }

    @Nested
    class Counters {

        Counters() {
            demand = of(INCOMING, false);
        }

        @Test
        void firstBodyTellsNothing() {
            read(incoming("llm", 700));
            assertUnknown(wake(), "the counter " + INCOMING + " was read only once");
        }

        @Test
        void growthIsDemand() {
            read(incoming("llm", 700), incoming("other", 5));
            read(incoming("llm", 700), incoming("other", 5));
            assertQuiet(wake("llm"));
            read(incoming("llm", 702), incoming("other", 5));
            assertDemanded(wake("llm"), 2);
            assertQuiet(wake("other"));
        }

        @Test
        void growthOfAnOutageIsDemand() {
            read(incoming("llm", 700));
            read(incoming("llm", 700));
            assertQuiet(wake());
            demand.fail("connection refused");
            pass(300);
            read(incoming("llm", 701));
            assertDemanded(wake(), 1);
        }

        @Test
        void resetCountsWhatCameSince() {
            read(incoming("llm", 700));
            read(incoming("llm", 4));
            assertDemanded(wake(), 4);
            read(incoming("llm", 4));
            pass(60);
            read(incoming("llm", 0));
            assertQuiet(wake());
        }

        @Test
        void seriesThatWasNotThereBeganAtZero() {
            read(incoming("other", 9));
            read(incoming("other", 9), incoming("llm", 1));
            assertDemanded(wake("llm"), 1);
            assertQuiet(wake("other"));
        }

        @Test
        void valueThatCanNotBeDoesNotBecomeGrowth() {
            read(incoming("llm", 700));
            read(incoming("llm", Double.NaN));
            assertThat(wake()).isInstanceOf(Wake.Unknown.class);
            read(incoming("llm", 700));
            assertQuiet(wake());
        }

        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4, 5})
        void allThatCameIsCountedOnceWhateverIsLostOrRestarted(long seed) {
            Random random = new Random(seed);
            read(incoming("llm", 0));
            double count = 0;
            double pending = 0;
            double lastRead = 0;
            boolean restarted = false;
            for (int i = 0; i < 500; i++) {
                int came = random.nextInt(3);
                count += came;
                pending += came;
                switch (random.nextInt(8)) {
                    case 0 -> demand.fail("lost");
                    case 1 -> {
                        // A restart forgets what nobody has read, as every counter does
                        count = 0;
                        pending = 0;
                        restarted = true;
                    }
                    default -> {
                        read(incoming("llm", count));
                        double said = wake("llm").demand().orElseThrow();
                        // That a counter has passed its old value after a restart no one can see
                        boolean hidden = restarted && count >= lastRead;
                        assertThat(said).isEqualTo(hidden ? count - lastRead : pending);
                        pending = 0;
                        lastRead = count;
                        restarted = false;
                    }
                }
            }
        }
    }

    /** A counter's value never falls to 0 again: it would never sleep. What a gauge grows by is not what waits: it would not wake. */
    @Test
    void whatIsOfAnotherTypeIsUnknown() {
        read(new SampleLine(QUEUE, Map.of(), 3, OptionalLong.empty(), MetricType.COUNTER));
        assertUnknown(wake(), QUEUE + " is a counter: write metric: rate(" + QUEUE + ")");
        demand = of("rate(" + QUEUE + ")", false);
        read(new SampleLine(QUEUE, Map.of(), 3, OptionalLong.empty(), MetricType.GAUGE));
        assertUnknown(wake(), QUEUE + " is a gauge: write metric: " + QUEUE);
    }
}
