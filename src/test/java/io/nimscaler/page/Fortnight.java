package io.nimscaler.page;

import static org.awaitility.Awaitility.await;

import io.nimscaler.history.KeptMinute;
import io.nimscaler.history.Minute;
import io.nimscaler.history.MinuteHeader;
import io.nimscaler.history.MinuteReader;
import io.nimscaler.history.Range;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.TriggerId;
import io.nimscaler.storage.MinuteFiles;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/** A history directory as a scaler leaves it that ran for a fortnight and was stopped some minutes ago. */
public final class Fortnight implements QuarkusTestResourceLifecycleManager {

    /** Days with a night each, noise and bursts, carried by a fleet that scales. */
    static final String VARIED = "llm-07";

    /** A day of a fleet that is at its maximum, and full, for more than half of the time. */
    static final String FULL = "llm-09";

    static final int DAYS = 14;

    private static final int MINUTES_OF_A_DAY = 1440;
    private static final int STOPPED_AGO = 10;

    /** The minute of its day that is now, whatever the clock says: what is seen of it does not depend on when it is looked at. */
    private static final int ENDS_AT = 18 * 60;

    private static final int MOST = 10;
    private static final double TARGET = .7;
    private static final int WINDOW = 5;
    private static final int START_UP = 2;
    private static final int AT_ONCE = 1000;

    /** A burst begins in one of so many minutes, and is over after so many. */
    private static final int BETWEEN_BURSTS = 300;

    private static final int BURST = 15;

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MINUTES);

    @Override
    public Map<String, String> start() {
        try {
            Path directory = Files.createTempDirectory("history");
            write(directory);
            return Map.of("nim-scaler.history.directory", directory.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(Path directory) {
        try (MinuteFiles files = new MinuteFiles(directory, new MinuteFiles.Bounds(DAYS + 1, 1 << 30), () -> now)) {
            files.start();
            write(files, VARIED, DAYS, (day, noise) -> (3.6 - 2.6 * Math.cos(2 * Math.PI * day)) * noise);
            write(files, FULL, 1, (day, noise) -> (11 - 9 * Math.cos(2 * Math.PI * day)) * noise);
        }
    }

    /** The demand in replicas full of work, by the share of the day that is over. */
    private interface Load {

        double at(double day, double noise);
    }

    private void write(MinuteFiles files, String name, int days, Load load) {
        Trigger trigger =
                Triggers.with("port", "metrics", "path", "/" + name, "pollInterval", "1s", "staleAfter", "2s");
        TriggerId id = new TriggerId(new ScaledObjectId("nim", name), trigger.metricName());
        MinuteHeader header = MinuteHeader.of(id, trigger, Optional.of(new Minute.Limits(1, MOST)));
        Random random = new Random(7);
        Deque<Integer> window = new ArrayDeque<>();
        Deque<Integer> starting = new ArrayDeque<>();
        double noise = 1;
        int burst = 0;
        for (int minute = days * MINUTES_OF_A_DAY; minute > STOPPED_AGO; minute--) {
            Instant at = now.minus(Duration.ofMinutes(minute));
            double day = Math.floorMod(ENDS_AT - minute, MINUTES_OF_A_DAY) / (double) MINUTES_OF_A_DAY;
            // Of some minutes' memory, as loads are
            noise = 1 + .9 * (noise - 1) + .06 * random.nextGaussian();
            burst = random.nextInt(BETWEEN_BURSTS) == 0 ? BURST : burst - 1;
            double mean = Math.max(.05, load.at(day, burst > 0 ? 1.6 * noise : noise));
            window.addLast((int) Math.clamp(Math.ceil(mean / TARGET), 1, MOST));
            if (window.size() > WINDOW) {
                window.removeFirst();
            }
            int wanted = window.stream().mapToInt(Integer::intValue).max().orElse(1);
            starting.addLast(wanted);
            int ready = Math.min(wanted, starting.getFirst());
            if (starting.size() > START_UP) {
                starting.removeFirst();
            }
            files.keep(new KeptMinute(header, minute(at, mean, wanted, ready)));
            if (minute % AT_ONCE == 0 || minute == STOPPED_AGO + 1) {
                awaitWritten(files, id, at);
            }
        }
    }

    private static Minute minute(Instant at, double demand, int wanted, int ready) {
        double carried = Math.min(demand, ready);
        return new Minute(
                at,
                new Minute.Decided(60, Map.of(), 0, 60, Optional.of(Range.of(wanted))),
                Optional.of(new Range(.95 * carried, carried, Math.min(1.05 * carried, ready))),
                60,
                OptionalDouble.of(Math.min(1, 1.1 * carried / ready)),
                Optional.of(new Minute.Replicas(
                        Range.of(wanted), Range.of(wanted), Range.of(ready), ready, 0, wanted - ready, 0)),
                Minute.Traffic.UNKNOWN,
                ready < wanted ? List.of(Duration.ofSeconds(120)) : List.of(),
                List.of(),
                OptionalDouble.empty());
    }

    /** What waits to be written is bounded. */
    private static void awaitWritten(MinuteFiles files, TriggerId id, Instant at) {
        AtomicBoolean found = new AtomicBoolean();
        MinuteReader.Sink sink = new MinuteReader.Sink() {

            @Override
            public void header(MinuteHeader header) {}

            @Override
            public void minute(Minute minute) {
                found.set(true);
            }
        };
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            files.read(id, at, at.plusSeconds(1), sink);
            return found.get();
        });
    }

    @Override
    public void stop() {
        // The directory of a test is the system's to clear
    }
}
