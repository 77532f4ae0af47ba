package io.nimscaler.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nimscaler.history.KeptMinute;
import io.nimscaler.history.KeptMinutes;
import io.nimscaler.history.Minute;
import io.nimscaler.history.MinuteHeader;
import io.nimscaler.history.MinuteReader;
import io.nimscaler.history.MinuteWriter;
import io.nimscaler.history.Range;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of minutes on a disk that is good, full, foreign, slow or gone. */
class MinuteFilesTest {

    private static final TriggerId ID = new TriggerId(new ScaledObjectId("nim", "llm"), "serving_load");
    private static final Trigger TRIGGER = Triggers.with("metric", "serving_load");
    private static final MinuteFiles.Bounds PLENTY = new MinuteFiles.Bounds(14, 1 << 30);
    private static final Instant START = Instant.parse("2026-01-31T22:00:00Z");

    @TempDir
    private Path directory;

    private volatile Instant now = START;
    private final List<MinuteFiles> started = new ArrayList<>();

    @AfterEach
    void end() {
        started.forEach(MinuteFiles::close);
    }

    private MinuteFiles files(MinuteFiles.Bounds bounds, Disk disk) {
        MinuteFiles files = new MinuteFiles(directory, bounds, () -> now, disk, Duration.ofMinutes(1));
        started.add(files);
        files.start();
        return files;
    }

    private MinuteFiles files() {
        return files(PLENTY, Disk.REAL);
    }

    private static MinuteHeader header(TriggerId id) {
        return MinuteHeader.of(id, TRIGGER, Optional.of(new Minute.Limits(1, 10)));
    }

    private static KeptMinute minute(TriggerId id, Instant at, double demand) {
        return new KeptMinute(
                header(id),
                new Minute(
                        at,
                        new Minute.Decided(60, Map.of(), 0, 60, Optional.of(Range.of(2))),
                        Optional.of(Range.of(demand)),
                        60,
                        OptionalDouble.of(.5),
                        Optional.of(new Minute.Replicas(Range.of(2), Range.of(2), Range.of(2), 2, 0, 0, 0)),
                        Minute.Traffic.UNKNOWN,
                        List.of(),
                        List.of(),
                        OptionalDouble.empty()));
    }

    /** So many minutes from the start on, all written when this returns. */
    private void keep(MinuteFiles files, TriggerId id, int from, int number) {
        for (int i = from; i < from + number; i++) {
            Instant at = START.plus(Duration.ofMinutes(i));
            now = at.plusSeconds(60);
            files.keep(minute(id, at, i));
        }
    }

    private static List<Double> demands(KeptMinutes files, TriggerId id) {
        List<Double> demands = new ArrayList<>();
        files.read(id, Instant.MIN, Instant.MAX, new MinuteReader.Sink() {
            @Override
            public void header(MinuteHeader header) {
                assertThat(header).isEqualTo(MinuteFilesTest.header(id));
            }

            @Override
            public void minute(Minute minute) {
                demands.add(minute.demand().orElseThrow().mean());
            }
        });
        return demands;
    }

    private static Double[] upTo(int number) {
        Double[] all = new Double[number];
        Arrays.setAll(all, i -> (double) i);
        return all;
    }

    private List<Path> written() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(path -> path.toString().endsWith(".ndjson"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aRestartForgetsNothing() throws IOException {
        MinuteFiles before = files();
        keep(before, ID, 0, 200);
        before.close();
        MinuteFiles after = files();
        keep(after, ID, 200, 10);
        after.close();

        MinuteFiles reading = files();
        assertThat(demands(reading, ID)).containsExactly(upTo(210));
        assertThat(reading.since(ID)).contains(START);
        // 22:00 to midnight, and what came after it
        assertThat(written()).hasSize(2);
    }

    @Test
    void aSpanIsReadWithTheHeaderThatItIsOf() {
        MinuteFiles files = files();
        keep(files, ID, 0, 200);
        files.close();

        List<Object> read = new ArrayList<>();
        files.read(
                ID, START.plus(Duration.ofMinutes(118)), START.plus(Duration.ofMinutes(122)), new MinuteReader.Sink() {
                    @Override
                    public void header(MinuteHeader header) {
                        read.add(header);
                    }

                    @Override
                    public void minute(Minute minute) {
                        read.add(minute.at());
                    }
                });

        assertThat(read)
                .containsExactly(
                        header(ID),
                        START.plus(Duration.ofMinutes(118)),
                        START.plus(Duration.ofMinutes(119)),
                        header(ID),
                        START.plus(Duration.ofMinutes(120)),
                        START.plus(Duration.ofMinutes(121)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 60})
    void aTornLastLineCostsThatLineAndNoMore(int bytesLost) throws IOException {
        MinuteFiles before = files();
        keep(before, ID, 0, 10);
        before.close();
        Path file = written().getFirst();
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - bytesLost));

        MinuteFiles after = files();
        assertThat(demands(after, ID)).startsWith(upTo(9));
        keep(after, ID, 10, 5);
        after.close();

        List<Double> expected = new ArrayList<>(List.of(upTo(15)));
        if (bytesLost > 1) {
            expected.remove(9.0);
        }
        assertThat(demands(after, ID)).isEqualTo(expected);
    }

    @Test
    void aFullDiskCostsTheMinutesOfThatTimeIsSaidAndIsForgottenWhenItIsOver() {
        boolean[] full = {false};
        Disk disk = (file, bytes) -> {
            // What a full disk does: some of it is there
            Disk.REAL.append(file, full[0] ? Arrays.copyOf(bytes, bytes.length / 2) : bytes);
            if (full[0]) {
                throw new IOException("No space left on device");
            }
        };
        MinuteFiles files = files(PLENTY, disk);
        keep(files, ID, 0, 10);
        await().untilAsserted(() -> assertThat(demands(files, ID)).hasSize(10));
        full[0] = true;
        keep(files, ID, 10, 10);
        await().untilAsserted(
                        () -> assertThat(files.state().orElseThrow().lost()).isEqualTo(10));
        assertThat(files.state().orElseThrow().trouble()).contains("No space left on device");
        full[0] = false;
        keep(files, ID, 20, 10);
        await().untilAsserted(() -> assertThat(demands(files, ID)).hasSize(20));

        assertThat(demands(files, ID)).startsWith(upTo(10)).endsWith(28.0, 29.0).doesNotContain(15.0);
        assertThat(files.state().orElseThrow().trouble()).isEmpty();
        assertThat(files.state().orElseThrow().lost()).isEqualTo(10);
    }

    @Test
    void aDiskThatDoesNotAnswerHoldsUpNobodyAndIsSaid() {
        CountDownLatch answers = new CountDownLatch(1);
        MinuteFiles files = files(PLENTY, (file, bytes) -> {
            try {
                answers.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });

        // More than wait at most; each of these calls returns at once or this test does not end
        keep(files, ID, 0, 5_000);
        await().untilAsserted(() -> {
            now = now.plusSeconds(61);
            assertThat(files.state().orElseThrow().trouble().orElse("")).startsWith("the disk has not answered since");
        });
        assertThat(files.state().orElseThrow().lost()).isGreaterThan(500);
        answers.countDown();
    }

    @Test
    void whereAFileStandsInTheDirectorysPlaceItIsSaidAndTriedAgain() throws IOException {
        Path place = directory.resolve("taken");
        Files.writeString(place, "somebody's");
        MinuteFiles files = new MinuteFiles(place, PLENTY, () -> now, Disk.REAL, Duration.ofMinutes(1));
        started.add(files);
        files.start();

        keep(files, ID, 0, 3);
        await().untilAsserted(
                        () -> assertThat(files.state().orElseThrow().lost()).isEqualTo(3));
        assertThat(files.state().orElseThrow().trouble().orElse("")).contains("taken");
        assertThat(place).hasContent("somebody's");

        Files.delete(place);
        keep(files, ID, 3, 5);
        await().untilAsserted(() -> assertThat(demands(files, ID)).containsExactly(3.0, 4.0, 5.0, 6.0, 7.0));
        assertThat(files.state().orElseThrow().trouble()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello\n", "{\"format\":\"nim-scaler-history\",\"version\":2}\n", "\0\0\0\0", "[]\n"})
    void aForeignOrNewerFileIsLeftOutAndTheOthersAreRead(String content) throws IOException {
        MinuteFiles files = files();
        keep(files, ID, 0, 200);
        files.close();
        Files.writeString(written().getFirst(), content);

        assertThat(demands(files(), ID)).hasSize(80).startsWith(120.0);
    }

    @Test
    void aFileThatIsAnotherTriggersIsLeftOut() throws IOException {
        TriggerId other = new TriggerId(new ScaledObjectId("other", "llm"), "serving_load");
        MinuteFiles files = files();
        keep(files, ID, 0, 5);
        keep(files, other, 0, 5);
        files.close();
        Path its = directory.resolve(FileNames.folder(other)).resolve("2026-01-31.ndjson");
        Files.copy(
                its,
                directory.resolve(FileNames.folder(ID)).resolve("2026-01-31.ndjson"),
                StandardCopyOption.REPLACE_EXISTING);

        assertThat(demands(files, ID)).isEmpty();
        assertThat(demands(files, other)).hasSize(5);
    }

    @Test
    void aLineWithoutAnEndTakesNoMemory() throws IOException {
        MinuteFiles files = files();
        keep(files, ID, 0, 5);
        files.close();
        Files.writeString(written().getFirst(), "x".repeat(10_000_000), StandardOpenOption.APPEND);

        assertThat(demands(files, ID)).containsExactly(upTo(5));
    }

    @Test
    void whatIsOlderThanTheDaysGoesAndWhatIsNotOursStays() throws IOException {
        MinuteFiles files = files(new MinuteFiles.Bounds(3, 1 << 30), Disk.REAL);
        for (int day = 0; day < 10; day++) {
            keep(files, ID, day * 1440, 1);
            double written = day * 1440;
            await().untilAsserted(() -> assertThat(demands(files, ID)).contains(written));
        }
        files.close();
        assertThat(written()).hasSize(4);
        Path foreign = directory.resolve(FileNames.folder(ID)).resolve("notes.txt");
        Files.writeString(foreign, "mine");
        Files.writeString(directory.resolve("2020-01-01.ndjson"), "mine");

        // After a month they go as others come
        MinuteFiles later = files(new MinuteFiles.Bounds(3, 1 << 30), Disk.REAL);
        for (int day = 40; day < 44; day++) {
            keep(later, ID, day * 1440, 1);
            double written = day * 1440;
            await().untilAsserted(() -> assertThat(demands(later, ID)).contains(written));
        }
        later.close();

        assertThat(written())
                .hasSize(5)
                .contains(directory.resolve("2020-01-01.ndjson"))
                .allMatch(file ->
                        file.endsWith("2020-01-01.ndjson") || file.toString().contains("2026-03-1"));
        assertThat(foreign).hasContent("mine");
        assertThat(later.state().orElseThrow().files()).isEqualTo(4);
    }

    @Test
    void aClockThatLeapsAheadDeletesNothing() throws IOException {
        MinuteFiles.Bounds bounds = new MinuteFiles.Bounds(5, 1 << 30);
        MinuteFiles files = files(bounds, Disk.REAL);
        for (int day = 0; day < 3; day++) {
            keep(files, ID, day * 1440, 1);
            double written = day * 1440;
            await().untilAsserted(() -> assertThat(demands(files, ID)).contains(written));
        }
        List<Path> good = written();

        // For a moment while it runs, at a start, and back again
        keep(files, ID, 400 * 1440, 1);
        files.close();
        now = START.plus(Duration.ofDays(800));
        files(bounds, Disk.REAL).close();
        MinuteFiles back = files(bounds, Disk.REAL);
        keep(back, ID, 3 * 1440, 1);
        back.close();

        assertThat(written()).containsAll(good);
        assertThat(demands(back, ID)).containsExactly(0.0, 1440.0, 2880.0, 4320.0);
    }

    @Test
    void theOldestDaysGoWhenTheBytesAreUsedUp() throws IOException {
        long most = 20_000;
        MinuteFiles files = files(new MinuteFiles.Bounds(14, most), Disk.REAL);
        for (int day = 0; day < 10; day++) {
            for (int trigger = 0; trigger < 3; trigger++) {
                keep(files, new TriggerId(ID.scaledObject(), "metric-" + trigger), day * 1440, 20);
            }
        }
        files.close();

        long size = 0;
        for (Path file : written()) {
            size += Files.size(file);
        }
        assertThat(size).isLessThanOrEqualTo(most).isGreaterThan(most / 2);
        assertThat(files.state().orElseThrow().bytes()).isEqualTo(size);
        assertThat(files.state().orElseThrow().files()).isEqualTo(written().size());
        String last = START.plus(Duration.ofDays(9)).toString().substring(0, 10);
        assertThat(written()).anyMatch(file -> file.toString().contains(last));
    }

    @Test
    void namesAreNoPaths() throws IOException {
        List<TriggerId> names = Stream.of(
                        "..", ".", "/", "a/../../b", "a\\b", "", "\0", "ä".repeat(300), "a", "A", "a_b", "a.b")
                .flatMap(name -> Stream.of(
                        new TriggerId(new ScaledObjectId(name, "llm"), "m"),
                        new TriggerId(new ScaledObjectId("nim", name), "m"),
                        new TriggerId(new ScaledObjectId("nim", "llm"), name),
                        new TriggerId(new ScaledObjectId("nim", "llm"), name, true)))
                .distinct()
                .toList();
        MinuteFiles files = files();
        names.forEach(id -> keep(files, id, 0, 1));
        files.close();

        assertThat(names.stream().map(FileNames::folder).distinct())
                .hasSize(names.size())
                .allMatch(FileNames::isFolder);
        assertThat(written())
                .hasSize(names.size())
                .allMatch(file ->
                        file.startsWith(directory) && directory.relativize(file).getNameCount() == 2);
        names.forEach(id -> assertThat(demands(files, id)).hasSize(1));
    }

    @Test
    void aLinkThatSomebodyPutThereIsNotFollowed() throws IOException {
        Path elsewhere = Files.writeString(directory.resolve("elsewhere"), "mine");
        Path folder = Files.createDirectories(directory.resolve(FileNames.folder(ID)));
        Path link = Files.createSymbolicLink(folder.resolve("2026-01-31.ndjson"), elsewhere);
        MinuteFiles files = files();
        keep(files, ID, 0, 1);
        await().untilAsserted(
                        () -> assertThat(files.state().orElseThrow().lost()).isEqualTo(1));

        assertThat(elsewhere).hasContent("mine");
        assertThat(demands(files, ID)).isEmpty();
        assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    @Test
    void aSecondScalerInTheSameDirectoryWritesNothingUntilTheFirstIsGone() {
        MinuteFiles first = files();
        keep(first, ID, 0, 1);
        await().untilAsserted(() -> assertThat(demands(first, ID)).hasSize(1));
        MinuteFiles second = files();
        keep(second, ID, 1, 1);
        await().untilAsserted(
                        () -> assertThat(second.state().orElseThrow().lost()).isEqualTo(1));
        assertThat(second.state().orElseThrow().trouble().orElse("")).contains("another scaler");

        first.close();
        keep(second, ID, 2, 1);
        await().untilAsserted(() -> assertThat(demands(second, ID)).containsExactly(0.0, 2.0));
    }

    @Test
    void whatShouldNeverHappenCostsItsMinuteAndNotTheThread() {
        Queue<Throwable> bugs = new ConcurrentLinkedQueue<>(
                List.of(new IllegalStateException("a bug"), new StackOverflowError("another")));
        MinuteFiles files = files(PLENTY, (path, bytes) -> {
            Throwable bug = bugs.poll();
            if (bug instanceof Error error) {
                throw error;
            }
            if (bug instanceof RuntimeException exception) {
                throw exception;
            }
            Disk.REAL.append(path, bytes);
        });

        keep(files, ID, 0, 5);

        await().untilAsserted(() -> assertThat(demands(files, ID)).containsExactly(2.0, 3.0, 4.0));
        assertThat(files.state().orElseThrow().lost()).isEqualTo(2);
        assertThat(files.state().orElseThrow().trouble())
                .hasValueSatisfying(why -> assertThat(why).contains("another"));
    }

    /** A load of two weeks with its days, its noise and a fleet that follows it; every number moves in every minute. */
    @Test
    void aFortnightOfATriggerTakesAtMostFiveMegabytes() {
        Random random = new Random(20);
        long bytes = MinuteWriter.header(header(ID)).length() * 14L;
        for (int i = 0; i < 14 * 1440; i++) {
            bytes += MinuteWriter.line(busy(random, i)).getBytes(StandardCharsets.UTF_8).length + 1;
        }

        assertThat(bytes).isLessThan(5_000_000).isGreaterThan(2_000_000);
    }

    private static Minute busy(Random random, int i) {
        double load = 6 + 5 * Math.sin(2 * Math.PI * i / 1440) + random.nextDouble();
        int replicas = (int) Math.ceil(load / .7);
        boolean scaling = random.nextInt(20) == 0;
        int reports = random.nextInt(61);
        return new Minute(
                START.plus(Duration.ofMinutes(i)),
                new Minute.Decided(
                        reports,
                        reports == 60 ? Map.of() : Map.of(HoldReason.STABILIZATION, 60 - reports),
                        0,
                        60,
                        Optional.of(scaling ? new Range(replicas, replicas + .5, replicas + 1) : Range.of(replicas))),
                Optional.of(around(load, random)),
                60,
                OptionalDouble.of(kept(.7 + random.nextDouble() / 4)),
                Optional.of(new Minute.Replicas(
                        scaling ? new Range(replicas, replicas + .5, replicas + 1) : Range.of(replicas),
                        scaling ? new Range(replicas, replicas + .3, replicas + 1) : Range.of(replicas),
                        Range.of(replicas),
                        replicas,
                        0,
                        scaling ? 1 : 0,
                        0)),
                new Minute.Traffic(
                        Optional.of(around(load * 40, random)),
                        Optional.of(around(random.nextDouble() * 4, random)),
                        OptionalDouble.of(kept(load * 9_000)),
                        OptionalDouble.of(kept(load * 1_500)),
                        OptionalDouble.of(0)),
                scaling ? List.of(Duration.ofMillis(100L * random.nextInt(6_000))) : List.of(),
                scaling ? List.of(Duration.ofMillis(100L * random.nextInt(6_000))) : List.of(),
                OptionalDouble.of(kept(random.nextDouble() * 9)));
    }

    private static Range around(double value, Random random) {
        double width = random.nextDouble() * value / 5;
        return new Range(kept(value - width), kept(value), kept(value + width));
    }

    private static double kept(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
