package io.nimscaler.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.policy.Activity;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Policy;
import io.nimscaler.policy.Scale;
import io.nimscaler.policy.Steps;
import io.nimscaler.policy.Unserved;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.Scraper;
import io.nimscaler.scaler.Circumstances;
import io.nimscaler.scaler.Observation;
import io.nimscaler.scaler.Pod;
import io.nimscaler.scaler.PodState;
import io.nimscaler.scaler.PodStatus;
import io.nimscaler.scaler.Pods;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Scalers;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.signal.Admission;
import io.nimscaler.signal.Sample;
import io.nimscaler.signal.Uneven;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.wake.Wake;
import io.nimscaler.wake.WakeSources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a scaler did can be recorded, read back, and done again. */
class RecordingTest {

    private static final ScaledObjectId ID = new ScaledObjectId("ns", "llm");
    private static final Duration LONG = Duration.ofHours(1);
    private static final long PLENTY = 1 << 30;

    /** A scale target whose pods come, go, answer and fail by chance, as a real scaler sees it. */
    private static final class Life implements Pods {

        private final Random random;
        private final List<Pod> pods = new ArrayList<>();
        private final List<Snapshot> decided = new ArrayList<>();
        private final DecisionRing ring;
        private final Scalers scalers;
        private Instant now = Instant.parse("2026-01-01T00:00:00.123Z");
        private Observation observation = new Observation.NotKnown("not synced yet");

        Life(long seed, DecisionRing ring) {
            this.random = new Random(seed);
            this.ring = ring;
            Scraper scraper = (request, done) -> done.accept(answer(request.host()));
            this.scalers = new Scalers(this, scraper, WakeSources.none(), GpuExporters.none(), snapshot -> {
                decided.add(snapshot);
                this.ring.add(snapshot);
            });
        }

        private ScrapeResult answer(String host) {
            return switch (random.nextInt(6)) {
                case 0 -> new ScrapeResult.Failed(ScrapeFailure.TIMEOUT, host + " took longer than 5s");
                case 1 -> new ScrapeResult.Scraped(List.of());
                default ->
                    new ScrapeResult.Scraped(
                            List.of(series("gpu_cache_usage_perc"), queue(), series("nv_gpu_utilization")));
            };
        }

        /** Empty now and then. */
        private SampleLine queue() {
            return new SampleLine(
                    "num_requests_waiting", Map.of(), Math.max(0, random.nextInt(5) - 2), OptionalLong.empty());
        }

        private SampleLine series(String name) {
            return new SampleLine(name, Map.of(), random.nextDouble(), OptionalLong.empty());
        }

        void pass(int seconds) {
            for (int i = 0; i < seconds; i++) {
                now = now.plusMillis(1000);
                if (random.nextInt(10) == 0) {
                    change();
                }
                scalers.tick(ID, now);
            }
        }

        private void change() {
            if (pods.size() > 4 || (!pods.isEmpty() && random.nextBoolean())) {
                pods.remove(random.nextInt(pods.size()));
            } else {
                String name = "llm-" + random.nextInt(1_000_000);
                boolean ready = random.nextInt(3) > 0;
                pods.add(new Pod(
                        name,
                        name,
                        Pod.Access.at(
                                random.nextInt(5) == 0
                                        ? Optional.empty()
                                        : Optional.of("10.0.0." + random.nextInt(255)),
                                Map.of()),
                        new Pod.Startup(
                                now,
                                random.nextInt(5) == 0,
                                ready ? Optional.of(now) : Optional.empty(),
                                random.nextInt(4) > 0,
                                false)));
            }
            int status = pods.size() + random.nextInt(2);
            observation = random.nextInt(12) == 0
                    ? new Observation.NotKnown("the API server does not answer")
                    : new Observation.Known(
                            new Scale(Math.max(0, status + random.nextInt(3) - 1), status), pods.size(), pods);
        }

        @Override
        public Observation observe(ScaledObjectId scaledObject, Optional<String> podSelector) {
            return observation;
        }

        List<Recorded> remembered() {
            return ring.of(new TriggerId(ID, decided.getLast().triggerName())).stream()
                    .map(entry -> new Recorded(entry.number(), entry.snapshot()))
                    .toList();
        }
    }

    private static List<Recording> writtenAndRead(List<Recorded> decisions) {
        return RecordingReader.read(RecordingWriter.write(decisions.stream()).flatMap(String::lines));
    }

    static Stream<Trigger> triggers() {
        return Stream.of(
                stated(),
                Triggers.immediate("aggregationType", "sum", "startingDeadline", "20s"),
                stated("downscaleStabilizationWindow", "40s", "upscaleStabilizationWindow", "10s", "staleAfter", "4s"),
                stated("aggregationType", "max", "unavailableAfter", "2s", "smoothingDown", "2s"),
                stated("metric", "nv_gpu_utilization", "aggregationType", "average"));
    }

    @ParameterizedTest
    @MethodSource("triggers")
    void whatIsRecordedIsReadBack(Trigger trigger) {
        for (int seed = 0; seed < 5; seed++) {
            // Given
            Life life = new Life(seed, new DecisionRing(LONG, PLENTY));
            life.scalers.put(ID, List.of(trigger), false, life.now);
            life.pass(400);
            List<Recorded> remembered = life.remembered();

            // When
            List<Recording> read = writtenAndRead(remembered);

            // Then
            assertThat(remembered).extracting(Recorded::snapshot).isEqualTo(life.decided);
            assertThat(read).containsExactly(new Recording(ID, trigger.metricName(), false, trigger, remembered));
        }
    }

    @ParameterizedTest
    @MethodSource("triggers")
    void policyDecidesTheSameOnWhatWasRecorded(Trigger trigger) {
        for (int seed = 5; seed < 10; seed++) {
            Life life = new Life(seed, new DecisionRing(Duration.ofSeconds(250), PLENTY));
            life.scalers.put(ID, List.of(trigger), false, life.now);
            life.pass(400);
            List<Recorded> lines = writtenAndRead(life.remembered()).getFirst().lines();
            // 149 to 399 are remembered, and from 180 on a state was told
            assertThat(lines).hasSize(251);
            assertThat(replayed(trigger, lines)).isEqualTo(220);
        }
    }

    @Test
    void policyDecidesTheSameWhereverNothingWasForgottenInBetween() {
        // Given memory for a part of the decisions only
        Trigger trigger = stated();
        Life life = new Life(11, new DecisionRing(LONG, 300_000));
        life.scalers.put(ID, List.of(trigger), false, life.now);

        // When
        life.pass(900);
        List<Recorded> lines = writtenAndRead(life.remembered()).getFirst().lines();

        // Then
        assertThat(lines).hasSizeBetween(100, 600);
        assertThat(replayed(trigger, lines)).isGreaterThan(30);
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        // Given a fleet whose pods do not answer, and then is not known itself
        Trigger trigger = stated();
        Policy policy = new Policy(trigger);
        Instant at = Instant.parse("2026-01-01T00:00:00Z");
        Fleet silent = new Fleet.Known(
                new Scale(4, 4),
                4,
                Collections.nCopies(4, new PodReading.Missing(OptionalDouble.empty(), Duration.ZERO)));
        List<String> lines = RecordingWriter.write(Stream.of(
                                policy.decide(silent, at),
                                policy.decide(new Fleet.NotKnown("forbidden"), at.plusSeconds(1)))
                        .map(decision -> new Recorded(1, new Snapshot(ID, trigger, decision, List.of()))))
                .toList();

        // Then
        assertThat(lines.get(1))
                .contains("\"missing\":4")
                .doesNotContain("\"mean\"", "\"atLeast\"", "\"atMost\"", "NaN");
        assertThat(lines.get(2)).contains("\"notKnown\":\"forbidden\"").doesNotContain("arithmetic", "spec", "NaN");
    }

    /** As {@link Triggers#with}, and with an aggregation of its own, for recordings always have one. */
    private static Trigger stated(String... keysAndValues) {
        boolean states = List.of(keysAndValues).contains("aggregationType");
        return Triggers.with(
                states
                        ? keysAndValues
                        : Stream.concat(Stream.of("aggregationType", "sum"), Stream.of(keysAndValues))
                                .toArray(String[]::new));
    }

    /** Makes the decisions again from each told state on to the next gap; how many there were. */
    private static int replayed(Trigger trigger, List<Recorded> lines) {
        Optional<Policy> policy = Optional.empty();
        long expected = -1;
        int decisions = 0;
        for (Recorded line : lines) {
            Snapshot snapshot = line.snapshot();
            boolean goesOn = policy.isPresent() && line.number() == expected;
            if (goesOn && snapshot.stateBefore().isPresent()) {
                assertThat(policy.orElseThrow().state())
                        .isEqualTo(snapshot.stateBefore().orElseThrow());
            }
            if (!goesOn) {
                policy = snapshot.stateBefore().map(state -> Policy.resumed(trigger, state));
            }
            if (policy.isPresent()) {
                Decision again = policy.get()
                        .decide(
                                snapshot.decision().basis().fleet(),
                                snapshot.decision().basis().at());
                assertThat(again).isEqualTo(snapshot.decision());
                decisions++;
            }
            expected = line.number() + 1;
        }
        return decisions;
    }

    @Test
    void editedTriggerBeginsAnotherRecordingWithItsOwnMetadata() {
        // Given
        Trigger edited = stated("targetValue", "0.5");
        Life life = new Life(3, new DecisionRing(LONG, PLENTY));
        life.scalers.put(ID, List.of(stated()), false, life.now);
        life.pass(70);
        life.scalers.put(ID, List.of(edited), false, life.now);
        life.pass(70);

        // When
        List<Recording> read = writtenAndRead(life.remembered());

        // Then
        assertThat(read).extracting(Recording::trigger).containsExactly(stated(), edited);
        assertThat(read)
                .allSatisfy(recording -> assertThat(replayed(recording.trigger(), recording.lines()))
                        .isEqualTo(70));
    }

    @Test
    void shadowIsRecordedAsSuchAndByItsOwnMetadata() {
        // Given
        Trigger trigger = stated("shadow.targetValue", "0.4");
        Life life = new Life(4, new DecisionRing(LONG, PLENTY));
        life.scalers.put(ID, List.of(trigger), false, life.now);
        life.pass(100);
        List<Recorded> shadows = life.ring.of(new TriggerId(ID, trigger.metricName(), true)).stream()
                .map(entry -> new Recorded(entry.number(), entry.snapshot()))
                .toList();

        // When
        List<Recording> read = writtenAndRead(shadows);

        // Then
        assertThat(read)
                .containsExactly(new Recording(
                        ID, trigger.metricName(), true, trigger.shadow().orElseThrow(), shadows));
        assertThat(replayed(trigger.shadow().orElseThrow(), read.getFirst().lines()))
                .isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "| line 1: expected a JSON object, got no json",
                "{\"number\":1} | line 1: expected a header, got a decision",
                "{\"format\":\"x\",\"version\":1} | line 1: expected format nim-scaler-recording version 1, got x version 1",
                "{\"format\":\"nim-scaler-recording\",\"version\":2} | version 1, got nim-scaler-recording version 2",
                "HEADER;{\"number\":1,\"pods\":[],\"spec\":\"3\"} | line 2: spec = \"3\": expected an integer",
                "HEADER;{\"number\":1,\"pods\":[],\"spec\":3,\"status\":3} | line 2: readyPods = (missing): expected an integer",
                "HEADER;;{\"number\":1,\"notKnown\":\"x\",\"decision\":{\"arithmetic\":{}}} | line 3: at = (missing): expected a text",
                "HEADER;{\"number\":1,\"at\":\"1970-01-01T00:00:00Z\",\"notKnown\":\"x\",\"decision\":{\"kind\":\"report\",\"value\":1,\"windowRemaining\":\"PT0S\"}} | line 2: notKnown: expected it of the kind unknown alone",
                "HEADER;{\"pods\":[{\"name\":\"a\",\"state\":\"lost\"}]} | expected one of [sampled, missing, starting]"
            })
    void whatIsNoRecordingIsRefusedWithItsLine(String row) {
        String header = RecordingWriter.write(Stream.of(new Recorded(
                        0,
                        new Snapshot(
                                ID,
                                stated(),
                                new Policy(stated()).decide(new Fleet.NotKnown("x"), Instant.EPOCH),
                                List.of()))))
                .findFirst()
                .orElseThrow();
        String[] parts = row.split(" ?\\| ", 2);
        String text = parts[0].isEmpty() ? "no json" : parts[0].replace("HEADER", header.strip());
        assertThatThrownBy(() -> RecordingReader.read(Stream.of(text.split(";"))))
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining(parts[1]);
    }

    private static Snapshot readBack(Snapshot snapshot) {
        return writtenAndRead(List.of(new Recorded(0, snapshot)))
                .getFirst()
                .lines()
                .getFirst()
                .snapshot();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasRefusedIsReadBack(boolean isBefore) {
        Trigger trigger = stated();
        Fleet refusing = new Fleet.Known(
                new Scale(1, 1),
                1,
                List.of(),
                0,
                OptionalDouble.empty(),
                new Unserved(OptionalDouble.empty(), Optional.of(new Admission(10, 7, isBefore))));
        Snapshot snapshot = new Snapshot(ID, trigger, new Policy(trigger).decide(refusing, Instant.EPOCH), List.of());

        assertThat(readBack(snapshot).decision()).isEqualTo(snapshot.decision());
    }

    @Test
    void whatSlowPodsAskForIsReadBack() {
        Trigger trigger = stated();
        Fleet uneven = new Fleet.Known(
                new Scale(1, 1),
                1,
                List.of(),
                0,
                OptionalDouble.empty(),
                new Unserved(
                        OptionalDouble.empty(), Optional.empty(), Optional.empty(), Optional.of(new Uneven(3, 7.65))));
        Snapshot snapshot = new Snapshot(ID, trigger, new Policy(trigger).decide(uneven, Instant.EPOCH), List.of());

        assertThat(readBack(snapshot).decision()).isEqualTo(snapshot.decision());
    }

    /** What a wake source said is not recorded, which must not read as if it had been quiet. */
    @Test
    void activityThatAWakeSourceDecidedIsUnknownWhenReadBack() {
        Trigger trigger = stated("wakeSource", "gateway");
        Decision atZero = new Policy(trigger).decide(new Fleet.Known(new Scale(0, 0), 0, List.of()), Instant.EPOCH);
        Snapshot quiet = new Snapshot(ID, trigger, atZero, List.of())
                .withWake(Optional.of(new Wake.Quiet("gateway", OptionalDouble.of(0))));
        assertThat(quiet.activity()).isEqualTo(Activity.INACTIVE);

        Snapshot read = readBack(quiet);

        assertThat(read.decision()).isEqualTo(atZero);
        assertThat(read.activity()).isEqualTo(Activity.UNKNOWN);
    }

    @Test
    void fieldsThatALaterWriterAddsAreIgnored() {
        Life life = new Life(1, new DecisionRing(LONG, PLENTY));
        life.scalers.put(ID, List.of(stated()), false, life.now);
        life.pass(100);
        List<Recorded> remembered = life.remembered();
        Stream<String> lines = RecordingWriter.write(remembered.stream())
                .map(line -> line.startsWith("{\"format")
                        ? line.replaceFirst("\\{", "{\"new\":1,")
                        : line.replace("{", "{\"new\":1,"));
        assertThat(RecordingReader.read(lines).getFirst().lines()).isEqualTo(remembered);
    }

    @ParameterizedTest
    @CsvSource({"num_requests_waiting, 0", "serving_load, 1"})
    void fourWindowsAreWrittenOfASignalThatGoesDownInStepsAlone(String metric, int written) {
        Trigger trigger = stated("metric", metric, "targetValue", "0.85");
        Policy policy = new Policy(trigger);
        Fleet fleet = new Fleet.Known(new Scale(1, 1), 1, List.of(new PodReading.Sampled(.5)));
        List<PodStatus> pods = List.of(new PodStatus(
                "llm-1",
                Optional.empty(),
                PodState.SAMPLED,
                Optional.of(new Sample(.5, Instant.EPOCH)),
                Optional.empty()));
        Recorded first = recorded(trigger, policy, fleet, pods, Instant.EPOCH);
        Recorded second = recorded(trigger, policy, fleet, pods, Instant.EPOCH.plusSeconds(1));

        List<String> lines = RecordingWriter.write(Stream.of(first, second)).toList();

        assertThat(lines.get(1)).contains("stateBefore").doesNotContain("lately");
        assertThat(lines.get(2).split("\"lately\"", -1)).hasSize(1 + written);
        assertThat(RecordingReader.read(lines.stream().map(String::strip))
                        .getFirst()
                        .lines())
                .containsExactly(first, second);
    }

    private static Recorded recorded(Trigger trigger, Policy policy, Fleet fleet, List<PodStatus> pods, Instant at) {
        return new Recorded(
                at.getEpochSecond(),
                new Snapshot(
                        ID,
                        trigger.metricName(),
                        false,
                        trigger,
                        Optional.of(policy.state()),
                        policy.decide(fleet, at),
                        pods,
                        OptionalDouble.empty(),
                        Optional.empty(),
                        Circumstances.UNWATCHED));
    }

    /** An earlier build barred every smaller size, and wrote none. */
    @ParameterizedTest
    @CsvSource({"9, 8, 9", "1, 1, 1"})
    void stepWithoutASizeIsReadAsThatOfTheFleet(int spec, int barred, int last) {
        String step = "{\"load\":2.5,\"remaining\":\"PT30M\"}";
        Steps.State read = stepsOf(
                new Fleet.Known(new Scale(spec, spec), 0, List.of()),
                "\"lastStep\":" + step + ",\"barredStep\":" + step + ",");
        assertThat(read.barred()).contains(new Steps.AtLoad(2.5, barred, Duration.ofMinutes(30)));
        assertThat(read.last()).contains(new Steps.AtLoad(2.5, last, Duration.ofMinutes(30)));
    }

    @Test
    void stepWithoutASizeOfAFleetThatIsNotKnownIsRefused() {
        assertThatThrownBy(() -> stepsOf(
                        new Fleet.NotKnown("no answer"), "\"barredStep\":{\"load\":2.5,\"remaining\":\"PT30M\"},"))
                .isInstanceOf(RecordingException.class)
                .hasMessage("line 2: barredStep.size = (missing): expected an integer; without it the line needs spec");
    }

    /** Of a decision whose state has these fields, too. */
    private static Steps.State stepsOf(Fleet fleet, String fields) {
        Trigger trigger = stated();
        Stream<String> lines = RecordingWriter.write(
                        Stream.of(recorded(trigger, new Policy(trigger), fleet, List.of(), Instant.EPOCH)))
                .map(line -> line.replace("\"stateBefore\":{", "\"stateBefore\":{" + fields));
        return RecordingReader.read(lines)
                .getFirst()
                .lines()
                .getFirst()
                .snapshot()
                .stateBefore()
                .orElseThrow()
                .steps();
    }
}
