package io.nimscaler.replay;

import java.util.Optional;

/** Whether to go on. It is asked at least once in each simulated hour. */
@FunctionalInterface
public interface Stop {

    /** Whether to end soon with what there is; asked before each setting that is tried. */
    default boolean isLate() {
        return false;
    }

    /** Why to stop; empty: go on. */
    Optional<String> reason();

    /** Never. */
    static Stop never() {
        return Optional::empty;
    }

    /**
     * @throws StoppedException where there is a reason to stop
     */
    default void check() {
        reason().ifPresent(reason -> {
            throw new StoppedException(reason);
        });
    }
}
