package io.nimscaler.grpc;

import io.grpc.StatusRuntimeException;
import io.nimscaler.grpc.proto.ExternalScaler;
import io.nimscaler.grpc.proto.GetMetricSpecResponse;
import io.nimscaler.grpc.proto.GetMetricsRequest;
import io.nimscaler.grpc.proto.GetMetricsResponse;
import io.nimscaler.grpc.proto.IsActiveResponse;
import io.nimscaler.grpc.proto.MetricSpec;
import io.nimscaler.grpc.proto.MetricValue;
import io.nimscaler.grpc.proto.ScaledObjectRef;
import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Answers;
import io.nimscaler.policy.Decision;
import io.nimscaler.scaler.Decisions;
import io.nimscaler.scaler.Explanation;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.trigger.Trigger;
import io.quarkus.grpc.GrpcService;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * KEDA's {@code ExternalScaler}. A call reads the latest decision and never makes one, because KEDA calls from several places at
 * once and several times in a sync. The first calls for a new trigger may wait a moment for its first decision
 * ({@link FirstCalls}).
 */
@GrpcService
@Singleton
class ExternalScalerService implements ExternalScaler {

    /**
     * KEDA keeps three decimals, truncating up to 2.19 and rounding since 2.20: with this much more than the number on the
     * grid both come to it (keda: pkg/scalers/external_scaler.go).
     */
    private static final double PAST_THE_GRID = 0.0001;

    /** Shorter than the shutdown delay, so that streams are complete before it ends. */
    private static final Duration STREAM_INTERVAL = Duration.ofMillis(200);

    /**
     * KEDA drops what comes before it knows its own metric names, or while it can not scale (keda: pkg/scaling/scale_handler.go,
     * startPushScalers): every 5 s.
     */
    private static final long TICKS_UNTIL_REPEATED = 25;

    /** Ours has some 200 at most, and KEDA puts its own in front. */
    private static final int LONGEST_METRIC_NAME = 1_024;

    private final SnapshotLookup lookup;
    private final Decisions decisions;
    private final FirstCalls firstCalls;
    private volatile boolean shuttingDown;

    ExternalScalerService(SnapshotLookup lookup, Decisions decisions) {
        this.lookup = lookup;
        this.decisions = decisions;
        this.firstCalls = new FirstCalls(asked -> !shuttingDown && lookup.isNew(asked));
    }

    /** From the metadata alone and valid before the first poll: its failure would lose the other triggers' metrics, too. */
    @Override
    public Uni<GetMetricSpecResponse> getMetricSpec(ScaledObjectRef ref) {
        return Uni.createFrom().item(() -> {
            Trigger trigger = lookup.trigger(ref);
            long milli = new Answers(trigger).targetMilli();
            return GetMetricSpecResponse.newBuilder()
                    .addMetricSpecs(MetricSpec.newBuilder()
                            .setMetricName(trigger.metricName())
                            .setTargetSize(milli)
                            .setTargetSizeFloat(asDouble(milli)))
                    .build();
        });
    }

    @Override
    public Uni<GetMetricsResponse> getMetrics(GetMetricsRequest request) {
        String metricName = request.getMetricName();
        return about(request.getScaledObjectRef(), asked -> {
            if (metricName.length() > LONGEST_METRIC_NAME) {
                throw StatusMapping.invalid("metricName: expected at most " + LONGEST_METRIC_NAME + " characters");
            }
            Snapshot snapshot = lookup.snapshot(asked);
            return switch (decisions.presentAnswer(snapshot)) {
                case Answer.Unavailable(String reason) ->
                    throw StatusMapping.unavailable(
                            snapshot.scaledObject() + ": " + reason + Explanation.ofPodsBehindUnknown(snapshot));
                case Answer.Value(long milli) ->
                    GetMetricsResponse.newBuilder()
                            .addMetricValues(MetricValue.newBuilder()
                                    .setMetricName(metricName)
                                    .setMetricValue(milli)
                                    .setMetricValueFloat(asDouble(milli)))
                            .build();
            };
        });
    }

    @Override
    public Uni<IsActiveResponse> isActive(ScaledObjectRef ref) {
        return about(ref, asked -> {
            Snapshot snapshot = lookup.snapshot(asked);
            return switch (snapshot.activity()) {
                case ACTIVE -> active(true);
                case INACTIVE -> active(false);
                case UNKNOWN -> throw unknown(snapshot);
            };
        });
    }

    /** Within {@link FirstCalls}' patience; nothing is kept of the message but what it is about. */
    private <R> Uni<R> about(ScaledObjectRef ref, Function<Asked, R> answer) {
        return Uni.createFrom().deferred(() -> {
            Asked asked = lookup.asked(ref);
            return firstCalls.answer(asked, () -> answer.apply(asked));
        });
    }

    /**
     * Says each change of activity, and that it is active again and again while no replica is wanted: KEDA may have had no use
     * for it the first time. What is not known is not said: KEDA acts on {@code true} alone, and would close and reopen the
     * stream on an error.
     */
    @Override
    public Multi<IsActiveResponse> streamIsActive(ScaledObjectRef ref) {
        try {
            return activity(lookup.asked(ref));
        } catch (StatusRuntimeException refused) {
            return Multi.createFrom().failure(refused);
        }
    }

    private Multi<IsActiveResponse> activity(Asked asked) {
        return Multi.createFrom()
                .ticks()
                .every(STREAM_INTERVAL)
                .onOverflow()
                .drop()
                .select()
                .first(_ -> !shuttingDown)
                .flatMap(tick -> Multi.createFrom().items(said(asked, tick / TICKS_UNTIL_REPEATED).stream()))
                .skip()
                .repetitions()
                .map(said -> active(said.active()));
    }

    /**
     * What a stream says.
     *
     * @param turn grows while that is to be repeated
     */
    private record Said(boolean active, long turn) {}

    private Optional<Said> said(Asked asked, long turn) {
        return lookup.find(asked).flatMap(snapshot -> switch (snapshot.activity()) {
            case ACTIVE ->
                Optional.of(new Said(true, snapshot.decision().basis().isAtZero() ? turn : 0));
            case INACTIVE -> Optional.of(new Said(false, 0));
            case UNKNOWN -> Optional.empty();
        });
    }

    /** An open stream would hold the process for its whole shutdown time-out. */
    void completeStreams(@Observes ShutdownDelayInitiatedEvent event) {
        shuttingDown = true;
    }

    private static StatusRuntimeException unknown(Snapshot snapshot) {
        String reason = snapshot.decision() instanceof Decision.Unknown
                ? Explanation.of(snapshot)
                : snapshot.wake().map(Explanation::ofWake).orElseGet(() -> Explanation.of(snapshot));
        return StatusMapping.unavailable(snapshot.scaledObject() + ": " + reason);
    }

    private static IsActiveResponse active(boolean active) {
        return IsActiveResponse.newBuilder().setResult(active).build();
    }

    private static double asDouble(long milli) {
        return milli / 1000.0 + PAST_THE_GRID;
    }
}
