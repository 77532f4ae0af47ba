package io.nimscaler.poll;

import java.util.Optional;

/**
 * Why a pod has no sample, with words for people.
 *
 * @param where the address that was asked, for example {@code 10.0.0.7:8000/v1/metrics}; empty: no address was asked
 */
public record Problem(PodProblem reason, String detail, Optional<String> where) {

    /** A problem of a pod that was not asked. */
    public Problem(PodProblem reason, String detail) {
        this(reason, detail, Optional.empty());
    }

    /** For example {@code timeout: no response within 2 s at 10.0.0.7:8000/v1/metrics}. */
    public String text() {
        return reason.label() + ": " + detail + where.map(" at "::concat).orElse("");
    }

    /** Whether the other problem differs at most in the address that was asked. */
    public boolean isLike(Problem other) {
        return reason.equals(other.reason) && detail.equals(other.detail);
    }
}
