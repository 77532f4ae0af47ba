package io.nimscaler.policy;

import io.nimscaler.trigger.Triggers;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What one decision a second costs, the fleet's readings at hand. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PolicyBenchmark {

    private static final int MOMENTS = 60;

    @Param({"10", "200"})
    public int pods = 10;

    private List<Fleet.Known> fleets = List.of();
    private Policy policy = policy();
    private Instant now = Instant.EPOCH;
    private int moment;

    private static Policy policy() {
        return new Policy(Triggers.with("metric", "serving_load", "targetValue", "0.80"));
    }

    @Setup
    public void build() {
        fleets = IntStream.range(0, MOMENTS)
                .mapToObj(i -> Fleets.fleet(pods, Fleets.pods(pods, Fleets.at(.7 + .1 * Math.sin(i)))))
                .toList();
        policy = policy();
    }

    @Benchmark
    public Decision decide() {
        moment = (moment + 1) % MOMENTS;
        now = now.plusSeconds(1);
        return policy.decide(fleets.get(moment), now);
    }
}
