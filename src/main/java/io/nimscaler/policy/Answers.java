package io.nimscaler.policy;

import io.nimscaler.hpa.HpaFormula;
import io.nimscaler.trigger.Trigger;
import java.util.Comparator;
import java.util.OptionalLong;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;

/**
 * Turns a decision and the present scale into the answer, at the moment when KEDA asks ({@code deciding.md}, "The answer").
 *
 * <p>The HPA compares a total with T·<em>status</em>, and a value per pod with T. Within its tolerance it keeps the number that
 * it compared with. So while {@code status} or the ready pods differ from {@code spec}, as in every rollout, the plain number
 * can lead to other replicas than it should: a plain T·spec would grow the fleet by its surge pod at every sync.
 *
 * <p>If the HPA's formula ends with the plain number where it would end at {@code status = spec}, the answer is the plain
 * number. If not, it is another number with that result: T times the replicas, or the nearest number outside the HPA's tolerance
 * band.
 */
public final class Answers {

    /** Beyond any fleet, and exact as a double. */
    private static final long MOST_MILLI = 1L << 53;

    private final Trigger trigger;
    private final HpaFormula hpa;
    private final long targetMilli;

    public Answers(Trigger trigger) {
        this.trigger = trigger;
        this.hpa = new HpaFormula(trigger.stabilization().tolerance());
        this.targetMilli = Math.round(trigger.target().value() * 1000);
    }

    /** The target value in thousandths; exact, for T is a multiple of 0.001. */
    public long targetMilli() {
        return targetMilli;
    }

    /** The metric's value. */
    public Answer value(Decision decision, Scale scale) {
        return switch (decision) {
            case Decision.Unknown(String reason, var _) -> new Answer.Unavailable(reason);
            case Decision.Hold(HoldReason _, var basis) ->
                hold(scale, basis.fleet().readyPods());
            case Decision.Report(double demand, var basis) -> {
                int readyPods = basis.fleet().readyPods();
                yield isOutdatedDownscale(demand, basis.scale(), scale)
                        ? hold(scale, readyPods)
                        : report(demand, scale, readyPods);
            }
        };
    }

    /**
     * What the HPA's formula makes of an answer, before its minimum, maximum, windows and rates.
     *
     * @return empty: it is told nothing, or is off, as at {@code spec = 0}
     */
    public OptionalLong hpaDesiredReplicas(Answer answer, Scale scale, int readyPods) {
        return answer instanceof Answer.Value(long milli) && scale.spec() > 0
                ? OptionalLong.of(hpaReplicas(milli, scale, readyPods))
                : OptionalLong.empty();
    }

    /**
     * The fewest replicas that the HPA's formula may make of an answer, whatever is present by then. Of a value per pod that asks for
     * a change nothing is certain: it is multiplied by the pods that are ready by then.
     *
     * @return 0: it may be anything
     */
    public long fewestReplicas(Answer answer, Scale scale) {
        return switch (answer) {
            case Answer.Unavailable _ -> 0;
            case Answer.Value(long milli)
            when trigger.aggregationType().isPerPod() ->
                hpa.isWithinTolerance((double) milli / targetMilli) ? scale.spec() : 0;
            case Answer.Value(long milli) -> hpa.fewestByAverageValue(milli, targetMilli);
        };
    }

    /** A demand was judged against the replicas of its moment; what takes some away from others waits for the next one. */
    private boolean isOutdatedDownscale(double demand, Scale judged, Scale present) {
        return judged.spec() != present.spec() && demand < trigger.target().value() * (present.spec() - 1);
    }

    /** The value at which the HPA ends at {@code spec}. */
    private Answer hold(Scale scale, int readyPods) {
        return trigger.aggregationType().isPerPod()
                ? new Answer.Value(targetMilli)
                : endingAt(scale.spec(), scale, readyPods, targetMilli * scale.spec());
    }

    private Answer report(double demand, Scale scale, int readyPods) {
        long total = onGrid(Math.rint(demand * 1000));
        long wanted = hpa.averageValue(total, targetMilli, scale.spec());
        if (!trigger.aggregationType().isPerPod()) {
            return endingAt(wanted, scale, readyPods, total);
        }
        if (readyPods == 0) {
            return hold(scale, readyPods);
        }
        // The HPA multiplies by ready pods and rounds up, so the lower of the two neighbours on the grid comes first
        long perPod = onGrid(Math.floor(demand / readyPods * 1000 + 1e-6));
        return endingAt(wanted, scale, readyPods, perPod, perPod + 1);
    }

    /**
     * The first of the plain values, then of T times {@code wanted} and of those next to the tolerance band, with which the HPA
     * ends at {@code wanted}. What ends there is (wanted − 1)·T &lt; value ≤ wanted·T outside the band, so one of these does if any
     * value does. Where none does, a change is asked for by the one that comes nearest, but a hold is not given up.
     */
    private Answer endingAt(long wanted, Scale scale, int readyPods, long... plain) {
        LongUnaryOperator distance = milli -> Math.abs(hpaReplicas(milli, scale, readyPods) - wanted);
        // Nearly always one of these does
        for (long milli : plain) {
            if (distance.applyAsLong(milli) == 0) {
                return new Answer.Value(milli);
            }
        }
        long exact = trigger.aggregationType().isPerPod() ? targetMilli : targetMilli * wanted;
        long nearest = LongStream.concat(
                        LongStream.of(plain), LongStream.concat(LongStream.of(exact), nextToTheBand(scale)))
                .boxed()
                .min(Comparator.comparingLong(distance::applyAsLong))
                .orElse(plain[0]);
        if (distance.applyAsLong(nearest) == 0 || wanted != scale.spec()) {
            return new Answer.Value(nearest);
        }
        return new Answer.Unavailable("no value holds " + scale.spec() + " replicas while " + scale.status()
                + " are present; give the rollout a maxSurge of at least 12 %");
    }

    private long hpaReplicas(long milli, Scale scale, int readyPods) {
        return trigger.aggregationType().isPerPod()
                ? hpa.value(milli, targetMilli, scale.spec(), readyPods)
                : hpa.averageValue(milli, targetMilli, scale.status());
    }

    /** The largest values below the band and the smallest above it; three of each, for an edge may be off by rounding. */
    private LongStream nextToTheBand(Scale scale) {
        double middle = targetMilli * (trigger.aggregationType().isPerPod() ? 1.0 : scale.status());
        long below = (long) Math.ceil(middle * (1 - trigger.stabilization().tolerance()));
        long above = (long) Math.floor(middle * (1 + trigger.stabilization().tolerance()));
        return LongStream.of(below, below - 1, below - 2, above, above + 1, above + 2)
                .filter(milli -> milli >= 0);
    }

    private static long onGrid(double milli) {
        return (long) Math.min(Math.max(milli, 0), MOST_MILLI);
    }
}
