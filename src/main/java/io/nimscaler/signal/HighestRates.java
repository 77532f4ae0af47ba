package io.nimscaler.signal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The most that pods were seen to do within a day, for each kind of requests. What was seen in one moment stays together: the highest of
 * each number alone may be of three moments, and no pod ever did all of it. Another moment replaces it that is at least as high in all
 * three.
 */
final class HighestRates {

    /** The next load like this one may come at the same hour of tomorrow. */
    private static final Duration REMEMBERED = Duration.ofDays(1);

    /** The oldest is dropped. */
    private static final int MOST = 32;

    /** Pods that do nearly as much show that it still holds. */
    private static final double NEARLY = 0.9;

    /**
     * Of a pod, a second; all of them above 0.
     *
     * @param tokens generated
     * @param completed requests
     * @param prompts tokens of prompts that were read
     */
    record Rates(double tokens, double completed, double prompts) {

        /** How many times as high as the other one it is in each number at least. */
        double over(Rates other) {
            return Math.min(tokens / other.tokens, Math.min(completed / other.completed, prompts / other.prompts));
        }
    }

    private record Seen(Rates rates, Duration at) {}

    private final List<Seen> highest = new ArrayList<>();
    private Duration now = Duration.ZERO;

    /** Time passes, also while nothing is seen. */
    void pass(Duration elapsed) {
        now = now.plus(elapsed);
        highest.removeIf(seen -> seen.at().plus(REMEMBERED).compareTo(now) < 0);
    }

    void include(Rates rates) {
        highest.removeIf(seen -> rates.over(seen.rates()) >= 1);
        boolean isLess = false;
        for (int i = 0; i < highest.size(); i++) {
            Rates other = highest.get(i).rates();
            if (other.over(rates) >= 1) {
                isLess = true;
                if (rates.over(other) >= NEARLY) {
                    highest.set(i, new Seen(other, now));
                }
            }
        }
        if (!isLess) {
            highest.add(new Seen(rates, now));
        }
        if (highest.size() > MOST) {
            highest.removeFirst();
        }
    }

    /** Whether pods were seen to do more than so many times as much as these in each number. */
    boolean hasOver(Rates rates, double times) {
        return highest.stream().anyMatch(seen -> seen.rates().over(rates) > times);
    }

    /** In the order in which they were first seen. */
    List<Rates> all() {
        return highest.stream().map(Seen::rates).toList();
    }
}
