package io.nimscaler.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What a fleet cost, and how much of the demand was more than its ready replicas carry.
 *
 * @param blocks sums over stretches of time, each of them a day unless the history is short
 * @param longestOverloadSeconds the longest time without a break in which the demand was more than the ready replicas carry
 * @param scaleEvents how often the wanted replicas changed
 * @param fewest wanted replicas at any time
 * @param most wanted replicas at any time
 */
public record Outcome(List<Block> blocks, long longestOverloadSeconds, int scaleEvents, int fewest, int most) {

    /** Draws for error bars. */
    private static final int DRAWS = 500;

    /** Fewer say nothing of how one differs from another. */
    private static final int LEAST_BLOCKS = 3;

    /**
     * Sums over one stretch.
     *
     * @param seconds of which the demand is known
     * @param replicaSeconds of replicas that are present
     * @param overloadedSeconds in which the demand is more than the ready replicas carry
     * @param demand in the signal's unit, times seconds
     * @param demandAbove what of it the ready replicas do not carry
     */
    public record Block(
            double seconds, double replicaSeconds, double overloadedSeconds, double demand, double demandAbove) {

        static final Block NONE = new Block(0, 0, 0, 0, 0);

        Block plus(Block other) {
            return new Block(
                    seconds + other.seconds,
                    replicaSeconds + other.replicaSeconds,
                    overloadedSeconds + other.overloadedSeconds,
                    demand + other.demand,
                    demandAbove + other.demandAbove);
        }

        Block times(double share) {
            return new Block(
                    seconds * share,
                    replicaSeconds * share,
                    overloadedSeconds * share,
                    demand * share,
                    demandAbove * share);
        }

        double overloadedTime() {
            return seconds == 0 ? 0 : overloadedSeconds / seconds;
        }
    }

    /** From the 5th to the 95th percentile. */
    public record Interval(double low, double high) {}

    /**
     * Error bars.
     *
     * @param replicaHours of the whole time
     * @param overloadedTime a share, 0 to 1
     */
    public record Spread(Interval replicaHours, Interval overloadedTime) {}

    public Outcome {
        blocks = List.copyOf(blocks);
    }

    /**
     * The mean of several of the same time: of the sums and of the number of changes; of the rest the furthest.
     *
     * @param outcomes at least one
     */
    static Outcome mean(List<Outcome> outcomes) {
        if (outcomes.size() == 1) {
            return outcomes.getFirst();
        }
        double share = 1.0 / outcomes.size();
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < outcomes.getFirst().blocks().size(); i++) {
            int day = i;
            blocks.add(outcomes.stream()
                    .map(one -> one.blocks().get(day))
                    .reduce(Block.NONE, Block::plus)
                    .times(share));
        }
        return new Outcome(
                blocks,
                outcomes.stream()
                        .mapToLong(Outcome::longestOverloadSeconds)
                        .max()
                        .orElse(0),
                (int) Math.round(outcomes.stream()
                        .mapToInt(Outcome::scaleEvents)
                        .average()
                        .orElse(0)),
                outcomes.stream().mapToInt(Outcome::fewest).min().orElse(0),
                outcomes.stream().mapToInt(Outcome::most).max().orElse(0));
    }

    private Block total() {
        return blocks.stream().reduce(Block.NONE, Block::plus);
    }

    public double hours() {
        return total().seconds() / 3600;
    }

    public double replicaHours() {
        return total().replicaSeconds() / 3600;
    }

    /** Present replicas at any time; 0 where nothing is known. */
    double meanReplicas() {
        return hours() == 0 ? 0 : replicaHours() / hours();
    }

    /** Share of the time, 0 to 1. */
    public double overloadedTime() {
        return total().overloadedTime();
    }

    /** Share of the demand, 0 to 1. */
    public double overloadedDemand() {
        Block total = total();
        return total.demand() == 0 ? 0 : total.demandAbove() / total.demand();
    }

    /**
     * How far it may be off if the days to come are like these, drawn with replacement: whole blocks, since an hour is like the hour
     * before. Null where there are fewer than three.
     */
    public java.util.Optional<Spread> spread() {
        List<Block> whole = blocks.stream().filter(block -> block.seconds() > 0).toList();
        if (whole.size() < LEAST_BLOCKS) {
            return java.util.Optional.empty();
        }
        Random random = new Random(1);
        List<Double> hours = new ArrayList<>();
        List<Double> overloaded = new ArrayList<>();
        double seconds = total().seconds();
        for (int draw = 0; draw < DRAWS; draw++) {
            Block sum = Block.NONE;
            for (int i = 0; i < whole.size(); i++) {
                sum = sum.plus(whole.get(random.nextInt(whole.size())));
            }
            hours.add(sum.replicaSeconds() / sum.seconds() * seconds / 3600);
            overloaded.add(sum.overloadedTime());
        }
        return java.util.Optional.of(new Spread(interval(hours), interval(overloaded)));
    }

    private static Interval interval(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return new Interval(sorted.get(DRAWS / 20), sorted.get(DRAWS - 1 - DRAWS / 20));
    }
}
