package io.nimscaler.signal;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A pod to which requests come at random, and which decodes as fast however many run. */
final class SimulatedPod {

    private record Request(double began, double ends) {}

    private final Random random;
    private final double tokensASecond;
    private final List<Request> running = new ArrayList<>();

    /** Tokens, each counted when it is generated. */
    double generated;

    /** Tokens, counted when the request ends. */
    double ofEnded;

    double completed;

    /** @param tokensASecond of one request */
    SimulatedPod(Random random, double tokensASecond) {
        this.random = random;
        this.tokensASecond = tokensASecond;
    }

    /**
     * @param now in seconds, the end of the step
     * @param arrivals requests a second
     * @param life the mean time of a request, in seconds
     */
    void pass(double now, double step, double arrivals, double life) {
        if (random.nextDouble() < arrivals * step) {
            running.add(new Request(now, now - Math.log(1 - random.nextDouble()) * life));
        }
        generated += running.size() * step * tokensASecond;
        for (Request request : running) {
            if (request.ends <= now) {
                ofEnded += tokensASecond * (request.ends - request.began);
                completed++;
            }
        }
        running.removeIf(request -> request.ends <= now);
    }

    int running() {
        return running.size();
    }
}
