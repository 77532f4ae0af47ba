package io.nimscaler.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.nimscaler.exposition.SampleLine;
import io.nimscaler.grpc.proto.GetMetricsRequest;
import io.nimscaler.grpc.proto.GetMetricsResponse;
import io.nimscaler.grpc.proto.ScaledObjectRef;
import io.nimscaler.policy.Scale;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.scaler.Observation;
import io.nimscaler.scaler.Pod;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Scalers;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.wake.WakeSources;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** KEDA's calls for a ScaledObject that was made a moment ago. */
@Timeout(30)
class FirstCallTest {

    private static final ScaledObjectId ID = new ScaledObjectId("nim", "llm");
    private static final Instant LONG_AGO = Instant.parse("2025-12-31T00:00:00Z");
    private static final Observation ONE_POD = new Observation.Known(
            new Scale(1, 1),
            1,
            List.of(new Pod(
                    "1",
                    "1",
                    Pod.Access.at(Optional.of("10.0.0.1"), Map.of()),
                    Pod.Startup.ready(LONG_AGO, LONG_AGO))));
    private static final ScrapeResult FULL = new ScrapeResult.Scraped(
            List.of(new SampleLine("gpu_cache_usage_perc", Map.of(), .9, OptionalLong.empty())));

    private volatile Observation observation = new Observation.Absent("no such ScaledObject");
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Scalers scalers = new Scalers(
            (_, _) -> observation, (_, done) -> done.accept(FULL), WakeSources.none(), GpuExporters.none(), _ -> {});
    private final ExternalScalerService service =
            new ExternalScalerService(new SnapshotLookup(scalers, NoControl.INSTANCE, () -> now), scalers);

    private static ScaledObjectRef ref(String targetValue) {
        return ScaledObjectRef.newBuilder()
                .setNamespace("nim")
                .setName("llm")
                .putScalerMetadata("targetValue", targetValue)
                .build();
    }

    private CompletableFuture<GetMetricsResponse> getMetrics(String targetValue) {
        return service.getMetrics(GetMetricsRequest.newBuilder()
                        .setScaledObjectRef(ref(targetValue))
                        .build())
                .subscribeAsCompletionStage();
    }

    private void pass(Duration time) {
        Instant end = now.plus(time);
        while (now.isBefore(end)) {
            now = now.plusMillis(50);
            scalers.tick(ID, now);
        }
    }

    private static Status.Code failure(CompletableFuture<?> call) {
        return Status.fromThrowable(catchThrowable(call::join)).getCode();
    }

    @Test
    void waitsForTheWatchAndThePods() {
        // Given calls that come before anything is known of the ScaledObject
        var metrics = getMetrics("0.70");
        var active = service.isActive(ref("0.70")).subscribeAsCompletionStage();

        // When the watch shows it first, and what it scales later
        observation = new Observation.NotKnown("its scale target is not known yet");
        scalers.put(ID, List.of(Triggers.with()), false, now);
        pass(Duration.ofMillis(200));
        assertThat(metrics).isNotDone();
        assertThat(active).isNotDone();
        observation = ONE_POD;
        pass(Duration.ofSeconds(4));

        // Then
        assertThat(metrics.join().getMetricValues(0).getMetricValue()).isGreaterThanOrEqualTo(700);
        assertThat(active.join().getResult()).isTrue();
    }

    @Test
    void waitsNoLongerThanItsPatience() {
        long began = System.nanoTime();
        assertThat(failure(getMetrics("0.70"))).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isBetween(FirstCalls.PATIENCE.minusMillis(100), FirstCalls.PATIENCE.plusSeconds(5));
    }

    @Test
    void ofWrongMetadataIsRefusedAtOnce() {
        assertThat(getMetrics("70%")).isCompletedExceptionally();
    }

    @Test
    void isAnsweredAtOnceOnceTheTriggerIsOld() {
        observation = new Observation.NotKnown("forbidden");
        scalers.put(ID, List.of(Triggers.with()), false, now);
        pass(Duration.ofSeconds(11));
        var call = getMetrics("0.70");
        assertThat(call).isCompletedExceptionally();
        assertThat(failure(call)).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void isAnsweredAtOnceWhereManyWaitAlready() {
        List<CompletableFuture<GetMetricsResponse>> waiting = new ArrayList<>();
        for (int i = 0; i < FirstCalls.MOST_WAITING; i++) {
            waiting.add(getMetrics("0.70"));
        }
        assertThat(getMetrics("0.70")).isCompletedExceptionally();
        assertThat(waiting).noneMatch(CompletableFuture::isDone);

        // One that gives up makes room, and so do all of them in the end
        waiting.getFirst().cancel(true);
        var next = getMetrics("0.70");
        assertThat(next).isNotDone();
        waiting.stream().skip(1).forEach(FirstCallTest::failure);
        assertThat(failure(next)).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void doesNotHoldUpTheShutdown() {
        var call = getMetrics("0.70");
        service.completeStreams(new ShutdownDelayInitiatedEvent());
        // Well before its patience ends, however busy the machine is
        assertThat(call.orTimeout(FirstCalls.PATIENCE.toMillis() - 500, TimeUnit.MILLISECONDS)
                        .handle((_, e) -> e)
                        .join())
                .isInstanceOf(StatusRuntimeException.class);
    }
}
