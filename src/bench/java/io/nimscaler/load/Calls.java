package io.nimscaler.load;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.UncheckedExecutionException;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.nimscaler.grpc.proto.ExternalScalerGrpc;
import io.nimscaler.grpc.proto.GetMetricsRequest;
import io.nimscaler.grpc.proto.GetMetricsResponse;
import io.nimscaler.grpc.proto.ScaledObjectRef;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** Calls as KEDA sends them: GetMetrics and IsActive in turn, of each ScaledObject in turn, each with the whole metadata. */
final class Calls implements AutoCloseable {

    private static final int CONNECTIONS = 8;
    private static final int UNDER_WAY_OF_EACH = 16;

    private final Case load;
    private final List<ManagedChannel> channels;
    private final List<ExternalScalerGrpc.ExternalScalerFutureStub> stubs;
    private final List<GetMetricsRequest> requests;
    private int turn;

    Calls(Case load, int port) {
        this.load = load;
        this.channels = IntStream.range(0, load.asManyCallsAsPossible() ? CONNECTIONS : 1)
                .mapToObj(_ -> ManagedChannelBuilder.forAddress("127.0.0.1", port)
                        .usePlaintext()
                        .directExecutor()
                        .build())
                .toList();
        this.stubs = channels.stream().map(ExternalScalerGrpc::newFutureStub).toList();
        this.requests = IntStream.range(0, load.objects())
                .mapToObj(object -> GetMetricsRequest.newBuilder()
                        .setMetricName("s0-serving_load")
                        .setScaledObjectRef(ScaledObjectRef.newBuilder()
                                .setNamespace(App.namespace())
                                .setName(App.name(object))
                                .putAllScalerMetadata(metadata(load))
                                .putScalerMetadata("scalerAddress", "keda-nim-scaler.keda-nim-scaler:9090"))
                        .build())
                .toList();
    }

    /** Of each trigger. */
    static Map<String, String> metadata(Case load) {
        return Map.of("metric", "serving_load", "targetValue", "0.80", "pollInterval", load.interval());
    }

    /**
     * Waits until each ScaledObject has an answer.
     *
     * @throws IllegalStateException one has none in time
     */
    void awaitAnswers(App app, Duration within) throws InterruptedException {
        long end = System.nanoTime() + within.toNanos();
        List<GetMetricsRequest> without = withoutAnswer(requests);
        while (!without.isEmpty()) {
            if (System.nanoTime() > end || !app.isAlive()) {
                throw new IllegalStateException("no answer within " + within.toSeconds() + " s for "
                        + without.getFirst().getScaledObjectRef());
            }
            Thread.sleep(200);
            without = withoutAnswer(without);
        }
    }

    /** All are asked at once: one after the other would take longer than the scaler does. */
    private List<GetMetricsRequest> withoutAnswer(List<GetMetricsRequest> asked) {
        ExternalScalerGrpc.ExternalScalerFutureStub stub =
                ExternalScalerGrpc.newFutureStub(channels.getFirst()).withDeadlineAfter(5, TimeUnit.SECONDS);
        List<ListenableFuture<GetMetricsResponse>> answers =
                asked.stream().map(stub::getMetrics).toList();
        return IntStream.range(0, asked.size())
                .filter(i -> !isAnswer(answers.get(i)))
                .mapToObj(asked::get)
                .toList();
    }

    private static boolean isAnswer(ListenableFuture<GetMetricsResponse> answer) {
        try {
            return Futures.getUnchecked(answer).getMetricValuesCount() == 1;
        } catch (UncheckedExecutionException notYet) {
            return false;
        }
    }

    /** Calls for so long. */
    Latencies run(Duration length) {
        if (load.calls().isEmpty()) {
            LockSupport.parkNanos(length.toNanos());
            return new Latencies(0);
        }
        return load.asManyCallsAsPossible() ? asMany(length) : atRate(length, load.calls().getAsInt());
    }

    /** Whatever the answers take, the next call is sent when it is due: one that is slow delays no other. */
    private Latencies atRate(Duration length, int perSecond) {
        long begin = System.nanoTime();
        long gap = 1_000_000_000L / perSecond;
        int number = Math.toIntExact(length.toNanos() / gap);
        Latencies latencies = new Latencies(number);
        for (int i = 0; i < number; i++) {
            long due = begin + i * gap;
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            call(0, latencies, () -> {});
        }
        latencies.await();
        return latencies;
    }

    private Latencies asMany(Duration length) {
        Latencies latencies = new Latencies(Math.toIntExact(length.toSeconds() * 200_000));
        long end = System.nanoTime() + length.toNanos();
        AtomicInteger open = new AtomicInteger();
        for (int stub = 0; stub < stubs.size(); stub++) {
            for (int i = 0; i < UNDER_WAY_OF_EACH; i++) {
                open.incrementAndGet();
                again(stub, latencies, end, open);
            }
        }
        while (open.get() > 0) {
            LockSupport.parkNanos(1_000_000);
        }
        return latencies;
    }

    private void again(int stub, Latencies latencies, long end, AtomicInteger open) {
        if (System.nanoTime() < end) {
            call(stub, latencies, () -> again(stub, latencies, end, open));
        } else {
            open.decrementAndGet();
        }
    }

    private void call(int stub, Latencies latencies, Runnable after) {
        GetMetricsRequest request;
        boolean active;
        synchronized (this) {
            request = requests.get(turn / 2 % requests.size());
            active = turn % 2 == 1;
            turn = (turn + 1) % (2 * requests.size());
        }
        long sent = System.nanoTime();
        ListenableFuture<?> answer = active
                ? stubs.get(stub).isActive(request.getScaledObjectRef())
                : stubs.get(stub).getMetrics(request);
        Futures.addCallback(
                answer,
                new FutureCallback<Object>() {
                    @Override
                    public void onSuccess(Object response) {
                        latencies.add(System.nanoTime() - sent);
                        after.run();
                    }

                    @Override
                    public void onFailure(Throwable failure) {
                        latencies.fail();
                        after.run();
                    }
                },
                MoreExecutors.directExecutor());
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
    }
}
