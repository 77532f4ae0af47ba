package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Selects lines of a body. Each body of each pod is searched a dozen times, mostly for series that it does not have. */
final class Lines {

    private Lines() {}

    /** In their order; nothing is made where there are none. */
    static List<SampleLine> of(List<SampleLine> body, Predicate<SampleLine> which) {
        List<SampleLine> found = List.of();
        for (SampleLine line : body) {
            if (which.test(line)) {
                if (found.isEmpty()) {
                    found = new ArrayList<>(2);
                }
                found.add(line);
            }
        }
        return found;
    }

    static List<SampleLine> named(List<SampleLine> body, String name) {
        return of(body, line -> line.name().equals(name));
    }

    static boolean has(List<SampleLine> body, Predicate<SampleLine> which) {
        for (SampleLine line : body) {
            if (which.test(line)) {
                return true;
            }
        }
        return false;
    }
}
