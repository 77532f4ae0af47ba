package io.nimscaler.grpc;

import io.grpc.StatusRuntimeException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Lets the first calls for a new trigger wait a moment. KEDA calls for a new ScaledObject at once, often before the watch has
 * shown it and its pods have been read. If the call fails, KEDA writes a Warning Event ({@code KEDAScalerFailed}). No thread
 * waits, and the waiting calls are bounded in number and time.
 */
final class FirstCalls {

    static final Duration PATIENCE = Duration.ofSeconds(4);
    static final int MOST_WAITING = 256;

    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private final Predicate<Asked> isNew;
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * @param isNew whether the answer to this may be on its way
     */
    FirstCalls(Predicate<Asked> isNew) {
        this.isNew = isNew;
    }

    /**
     * The answer, within {@link #PATIENCE} where the trigger is new.
     *
     * @param answer is tried again where it throws what {@linkplain StatusMapping#mayPass may pass}
     */
    <R> Uni<R> answer(Asked asked, Supplier<R> answer) {
        return Uni.createFrom().deferred(() -> {
            try {
                return Uni.createFrom().item(answer.get());
            } catch (StatusRuntimeException trouble) {
                return mayPass(asked, trouble)
                        ? later(asked, answer, trouble)
                        : Uni.createFrom().failure(trouble);
            }
        });
    }

    private boolean mayPass(Asked asked, Throwable trouble) {
        return trouble instanceof StatusRuntimeException status && StatusMapping.mayPass(status) && isNew.test(asked);
    }

    private <R> Uni<R> later(Asked asked, Supplier<R> answer, StatusRuntimeException trouble) {
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            return Uni.createFrom().failure(trouble);
        }
        return Uni.createFrom()
                .item(answer)
                .onFailure(failure -> mayPass(asked, failure))
                .retry()
                .withBackOff(LOOK_EVERY, LOOK_EVERY)
                .withJitter(0)
                .expireIn(PATIENCE.toMillis())
                // Mutiny wraps the last failure in one of its own
                .onFailure(failure -> failure.getCause() instanceof StatusRuntimeException)
                .transform(Throwable::getCause)
                .onTermination()
                .invoke(waiting::decrementAndGet);
    }
}
