package io.nimscaler.web;

import io.nimscaler.history.Remembered;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Selects so many of the remembered decisions that an answer keeps its size: as many as a plot can show. */
final class Downsampling {

    static final int MAX_DECISIONS = 1_000;
    static final int MAX_PODS = 50_000;

    private Downsampling() {}

    /** Those after {@code since}, evenly thinned out; the latest is always among them. */
    static List<Remembered> of(List<Remembered> all, Instant since, boolean withPods) {
        List<Remembered> wanted =
                all.stream().filter(entry -> entry.at().isAfter(since)).toList();
        int most = mostOf(wanted, withPods);
        if (wanted.size() <= most) {
            return wanted;
        }
        List<Remembered> chosen = new ArrayList<>(most);
        for (int i = 1; i <= most; i++) {
            chosen.add(wanted.get((int) ((long) i * wanted.size() / most) - 1));
        }
        return chosen;
    }

    private static int mostOf(List<Remembered> wanted, boolean withPods) {
        int pods = wanted.stream().mapToInt(Remembered::numberOfPods).max().orElse(0);
        return withPods && pods > 0 ? Math.clamp(MAX_PODS / pods, 1, MAX_DECISIONS) : MAX_DECISIONS;
    }
}
