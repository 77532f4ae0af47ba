package io.nimscaler.signal;

import java.util.function.Consumer;

/** A pace of which a test says only what matters to it; the rest is not known. */
final class TestPace {

    Pace.Batch batch = Pace.UNKNOWN.batch();
    Pace.Batch batchInParts = Pace.UNKNOWN.batchInParts();
    boolean counts = Pace.UNKNOWN.counts();
    boolean tooEarly = Pace.UNKNOWN.tooEarly();
    boolean young = Pace.UNKNOWN.young();
    double watched = Pace.UNKNOWN.watched();
    double tokens = Pace.UNKNOWN.tokens();
    double completed = Pace.UNKNOWN.completed();
    double tokensGrown = Pace.UNKNOWN.tokensGrown();
    double promptsGrown = Pace.UNKNOWN.promptsGrown();
    double completedGrown = Pace.UNKNOWN.completedGrown();
    boolean comparable = Pace.UNKNOWN.comparable();
    boolean queueStands = Pace.UNKNOWN.queueStands();
    boolean still = Pace.UNKNOWN.still();
    Pace.Lately lately = Pace.UNKNOWN.lately();

    private TestPace() {}

    static Pace with(Consumer<TestPace> known) {
        TestPace pace = new TestPace();
        known.accept(pace);
        return pace.build();
    }

    /** Of a pod that was watched for long enough. */
    static Pace watched(Consumer<TestPace> known) {
        return with(pace -> {
            pace.counts = true;
            pace.tooEarly = false;
            pace.young = false;
            pace.watched = 1;
            known.accept(pace);
        });
    }

    private Pace build() {
        return new Pace(
                batch,
                batchInParts,
                counts,
                tooEarly,
                young,
                watched,
                tokens,
                completed,
                tokensGrown,
                promptsGrown,
                completedGrown,
                comparable,
                Pace.UNKNOWN.queueGrowth(),
                queueStands,
                still,
                lately,
                Pace.UNKNOWN.runningLimit());
    }
}
