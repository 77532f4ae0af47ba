package io.nimscaler.hpa;

import java.time.Duration;
import java.util.List;

/**
 * {@code spec.behavior} of an HPA (kubernetes: pkg/apis/autoscaling/v2, {@code HorizontalPodAutoscalerBehavior}).
 *
 * @param scaleUp on the way up
 * @param scaleDown on the way down
 */
public record HpaBehavior(Rules scaleUp, Rules scaleDown) {

    private static final Duration PERIOD = Duration.ofSeconds(15);

    /**
     * One direction.
     *
     * @param stabilizationWindow no change beyond what every recommendation of this window asks for
     * @param policies how much may change within a period; none: the direction is not bounded
     * @param select which of the policies holds
     */
    public record Rules(Duration stabilizationWindow, List<Policy> policies, Select select) {

        public Rules {
            policies = List.copyOf(policies);
        }
    }

    /** So much within a period. */
    public record Policy(Type type, int value, Duration period) {}

    /** What a policy's value counts. */
    public enum Type {
        PODS,
        PERCENT
    }

    /** The policy that allows the largest change, the smallest, or no change at all. */
    public enum Select {
        MAX,
        MIN,
        DISABLED
    }

    /**
     * What an HPA has where its {@code behavior} is left out but for the downscale window (kubernetes:
     * pkg/apis/autoscaling/v2/defaults.go): up by 100 % or 4 pods every 15 s, whichever is more; down as far as wanted.
     *
     * @param downscaleWindow Kubernetes' default is 5 minutes
     */
    public static HpaBehavior ofDefaults(Duration downscaleWindow) {
        return new HpaBehavior(
                new Rules(
                        Duration.ZERO,
                        List.of(new Policy(Type.PERCENT, 100, PERIOD), new Policy(Type.PODS, 4, PERIOD)),
                        Select.MAX),
                new Rules(downscaleWindow, List.of(new Policy(Type.PERCENT, 100, PERIOD)), Select.MAX));
    }

    /** Windows of this length, and no bound on how much may change at once. */
    public static HpaBehavior unlimited(Duration downscaleWindow) {
        return new HpaBehavior(
                new Rules(Duration.ZERO, List.of(), Select.MAX), new Rules(downscaleWindow, List.of(), Select.MAX));
    }
}
