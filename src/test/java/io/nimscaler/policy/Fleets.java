package io.nimscaler.policy;

import io.nimscaler.hpa.HpaFormula;
import io.nimscaler.policy.PodReading.Missing;
import io.nimscaler.policy.PodReading.Sampled;
import io.nimscaler.policy.PodReading.Starting;
import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;

/** Fleets for tests, and what the HPA ends with on our answer. */
final class Fleets {

    private Fleets() {}

    static Sampled at(double value) {
        return new Sampled(value);
    }

    /** Missing for a second; its last sample was this. */
    static Missing missing(double lastValue) {
        return new Missing(OptionalDouble.of(lastValue), Duration.ofSeconds(1));
    }

    static Missing neverSampled() {
        return new Missing(OptionalDouble.empty(), Duration.ofSeconds(1));
    }

    static Starting starting() {
        return new Starting(Duration.ofSeconds(1), false);
    }

    static List<PodReading> pods(int number, PodReading each, PodReading... others) {
        List<PodReading> pods = new ArrayList<>(Collections.nCopies(number, each));
        pods.addAll(List.of(others));
        return pods;
    }

    static Fleet.Known fleet(int spec, List<? extends PodReading> pods) {
        return fleet(spec, spec, pods);
    }

    static Fleet.Known fleet(int spec, int status, List<? extends PodReading> pods) {
        int ready =
                (int) pods.stream().filter(pod -> !(pod instanceof Starting)).count();
        return new Fleet.Known(new Scale(spec, status), ready, List.copyOf(pods), 0, level(pods));
    }

    /** The same, some of the pods that were read having come within the window of what is observed. */
    static Fleet.Known withNewcomers(int newcomers, Fleet.Known fleet) {
        return new Fleet.Known(fleet.scale(), fleet.readyPods(), fleet.pods(), newcomers, fleet.level());
    }

    /** What the fleet is at, where each pod weighs the same. */
    static OptionalDouble level(List<? extends PodReading> pods) {
        return pods.stream()
                .filter(Sampled.class::isInstance)
                .mapToDouble(pod -> ((Sampled) pod).value())
                .average();
    }

    /** The replicas that the HPA writes on this decision; those it has where it gets no value. */
    static long hpaEndsAt(Decision decision, Trigger trigger) {
        return hpaEndsAt(
                decision, trigger, decision.basis().known().orElseThrow().scale());
    }

    static long hpaEndsAt(Decision decision, Trigger trigger, Scale scale) {
        Answers answers = new Answers(trigger);
        HpaFormula hpa = new HpaFormula(trigger.stabilization().tolerance());
        return switch (answers.value(decision, scale)) {
            case Answer.Unavailable _ -> scale.spec();
            case Answer.Value(long milli) ->
                trigger.aggregationType().isPerPod()
                        ? hpa.value(
                                milli,
                                answers.targetMilli(),
                                scale.spec(),
                                decision.basis().known().orElseThrow().fleet().readyPods())
                        : hpa.averageValue(milli, answers.targetMilli(), scale.status());
        };
    }
}
