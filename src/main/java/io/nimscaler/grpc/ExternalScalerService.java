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
import io.nimscaler.policy.Activity;
import io.nimscaler.policy.Answer;
import io.nimscaler.policy.Answers;
import io.nimscaler.scaler.Explanation;
import io.nimscaler.scaler.Scalers;
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
import java.util.function.Supplier;

/**
 * KEDA's {@code ExternalScaler} (design, section 6). Each call reads what was concluded last; decisions never advance in one,
 * since KEDA calls from several places at once and several times per sync.
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

    private final SnapshotLookup lookup;
    private final Scalers scalers;
    private volatile boolean shuttingDown;

    ExternalScalerService(SnapshotLookup lookup, Scalers scalers) {
        this.lookup = lookup;
        this.scalers = scalers;
    }

    /** From the metadata alone and valid before the first poll: its failure would lose the other triggers' metrics, too. */
    @Override
    public Uni<GetMetricSpecResponse> getMetricSpec(ScaledObjectRef ref) {
        return reply(() -> {
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
        return reply(() -> {
            Snapshot snapshot = lookup.snapshot(request.getScaledObjectRef());
            return switch (snapshot.answer(scalers.presentScale(snapshot))) {
                case Answer.Unavailable(String reason) ->
                    throw StatusMapping.unavailable(snapshot.scaledObject() + ": " + reason);
                case Answer.Value(long milli) ->
                    GetMetricsResponse.newBuilder()
                            .addMetricValues(MetricValue.newBuilder()
                                    .setMetricName(request.getMetricName())
                                    .setMetricValue(milli)
                                    .setMetricValueFloat(asDouble(milli)))
                            .build();
            };
        });
    }

    @Override
    public Uni<IsActiveResponse> isActive(ScaledObjectRef ref) {
        return reply(() -> {
            Snapshot snapshot = lookup.snapshot(ref);
            return switch (snapshot.activity()) {
                case ACTIVE -> active(true);
                case INACTIVE -> active(false);
                case UNKNOWN -> throw unknown(snapshot);
            };
        });
    }

    /**
     * Says each change of activity. What is not known is not said: KEDA acts on {@code true} alone, and would close and reopen
     * the stream on an error.
     */
    @Override
    public Multi<IsActiveResponse> streamIsActive(ScaledObjectRef ref) {
        return Multi.createFrom()
                .deferred(() -> {
                    Trigger trigger = lookup.trigger(ref);
                    return Multi.createFrom()
                            .ticks()
                            .every(STREAM_INTERVAL)
                            .onOverflow()
                            .drop()
                            .select()
                            .first(_ -> !shuttingDown)
                            .flatMap(_ -> Multi.createFrom().items(activity(ref, trigger).stream()));
                })
                .skip()
                .repetitions()
                .map(ExternalScalerService::active);
    }

    private Optional<Boolean> activity(ScaledObjectRef ref, Trigger trigger) {
        return lookup.find(ref, trigger)
                .map(Snapshot::activity)
                .filter(activity -> activity != Activity.UNKNOWN)
                .map(activity -> activity == Activity.ACTIVE);
    }

    /** An open stream would hold the process for its whole shutdown time-out. */
    void completeStreams(@Observes ShutdownDelayInitiatedEvent event) {
        shuttingDown = true;
    }

    private static StatusRuntimeException unknown(Snapshot snapshot) {
        return StatusMapping.unavailable(snapshot.scaledObject() + ": " + Explanation.of(snapshot));
    }

    private static <R> Uni<R> reply(Supplier<R> answer) {
        return Uni.createFrom().item(answer);
    }

    private static IsActiveResponse active(boolean active) {
        return IsActiveResponse.newBuilder().setResult(active).build();
    }

    private static double asDouble(long milli) {
        return milli / 1000.0 + PAST_THE_GRID;
    }
}
