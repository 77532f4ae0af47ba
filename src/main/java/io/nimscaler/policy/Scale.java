package io.nimscaler.policy;

/**
 * The scale target's wanted and present replicas, as {@code /scale} gives them.
 *
 * @param spec wanted, S in the arithmetic
 * @param status present
 */
public record Scale(int spec, int status) {

    public Scale {
        if (spec < 0 || status < 0) {
            throw new IllegalArgumentException("spec = " + spec + ", status = " + status + ", must be at least 0");
        }
    }
}
