package io.nimscaler.bench;

import io.nimscaler.replay.SimulatedDeployment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * One pod: an engine with continuous batching. Between two ticks of the loop its state moves as a fluid: all decoding sequences advance by
 * the same number of steps, prompts are prefilled in order. Requests come, are admitted, preempted and done one by one.
 */
final class Replica implements SimulatedDeployment.Pod {

    /** Blocks are allocated whole; half of one is empty on average. */
    private static final double HALF_A_BLOCK = 8;

    /** A client that has waited for so long hangs up; it was late. */
    static final double CLIENT_PATIENCE_SECONDS = 120;

    final String name;
    final double madeAt;
    final double readyAt;
    final Deque<Request> waiting = new ArrayDeque<>();
    final List<Request> running = new ArrayList<>();
    double promptTokensTotal;
    double outputTokensTotal;
    double completedTotal;
    double refusedTotal;
    double inferenceSecondsTotal;

    private final Engine engine;
    private double steps;
    private int decoding;
    private double decodeFromSum;
    private double promptSum;

    Replica(String name, Engine engine, double madeAt, double readyAt) {
        this.name = name;
        this.engine = engine;
        this.madeAt = madeAt;
        this.readyAt = readyAt;
    }

    @Override
    public double readyAt() {
        return readyAt;
    }

    int load() {
        return running.size() + waiting.size();
    }

    double kvUsed() {
        return promptSum + decoding * steps - decodeFromSum + HALF_A_BLOCK * running.size();
    }

    double kvUsage() {
        return Math.clamp(kvUsed() / engine.kvTokens(), 0, 1);
    }

    /** Refuses it where its queue is full. */
    void add(Request request) {
        if (waiting.size() >= engine.queueLimit()) {
            refusedTotal++;
        } else {
            waiting.addLast(request);
        }
    }

    /** Lets time pass until {@code now}. {@code admitted} is told of a request's first admission and of its moment. */
    void advance(double now, double seconds, BiConsumer<Request, Double> admitted) {
        waiting.removeIf(request -> !request.admitted && now - request.arrivedAt > CLIENT_PATIENCE_SECONDS);
        admit(now - seconds, admitted);
        double left = seconds;
        while (left > 1e-9 && !running.isEmpty()) {
            Request prefilling = firstPrefilling();
            double chunk = prefilling == null ? 0 : Math.max(64, engine.tokensPerStep() - decoding);
            double step = engine.stepSeconds(decoding, kvUsed(), chunk);
            double count = left / step;
            if (prefilling != null) {
                count = Math.min(count, (prefilling.promptTokens - prefilling.prefilled) / chunk);
                prefilling.prefilled += count * chunk;
            }
            steps += count;
            outputTokensTotal += count * decoding;
            left -= count * step;
            if (prefilling != null && prefilling.promptTokens - prefilling.prefilled < 1e-6) {
                promptTokensTotal += prefilling.promptTokens;
                prefilling.prefilled = prefilling.promptTokens;
                prefilling.decodeFrom = steps;
                prefilling.decodeUntil = steps + prefilling.outputTokens;
                decodeFromSum += steps;
                decoding++;
            }
        }
        complete(now);
        while (kvUsed() > engine.kvTokens() && running.size() > 1) {
            preempt();
        }
        admit(now, admitted);
    }

    private @org.jspecify.annotations.Nullable Request firstPrefilling() {
        if (decoding == running.size()) {
            return null;
        }
        for (Request request : running) {
            if (request.prefilled < request.promptTokens) {
                return request;
            }
        }
        return null;
    }

    private void admit(double now, BiConsumer<Request, Double> admitted) {
        while (!waiting.isEmpty()
                && running.size() < engine.maxRunning()
                && (running.isEmpty()
                        || kvUsed() + waiting.getFirst().promptTokens + 2 * HALF_A_BLOCK < .99 * engine.kvTokens())) {
            Request request = waiting.removeFirst();
            running.add(request);
            promptSum += request.promptTokens;
            if (!request.admitted) {
                request.admitted = true;
                admitted.accept(request, Math.max(now, request.arrivedAt));
            }
        }
    }

    private void complete(double now) {
        int kept = 0;
        for (Request request : running) {
            if (isDecoding(request) && request.decodeUntil <= steps) {
                promptSum -= request.promptTokens;
                decodeFromSum -= request.decodeFrom;
                decoding--;
                completedTotal++;
                inferenceSecondsTotal += now - request.arrivedAt;
            } else {
                running.set(kept++, request);
            }
        }
        running.subList(kept, running.size()).clear();
    }

    private static boolean isDecoding(Request request) {
        return request.prefilled >= request.promptTokens;
    }

    /** The latest goes back to the head of the queue, and will be computed again. */
    private void preempt() {
        Request latest = running.removeLast();
        promptSum -= latest.promptTokens;
        if (isDecoding(latest)) {
            double decoded = steps - latest.decodeFrom;
            decodeFromSum -= latest.decodeFrom;
            decoding--;
            latest.promptTokens += decoded;
            latest.outputTokens = Math.max(1, latest.outputTokens - decoded);
        }
        latest.prefilled = 0;
        waiting.addFirst(latest);
    }
}
