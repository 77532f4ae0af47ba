package io.nimscaler.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The demand that is not seen. While all pods are full, a signal that ends at 1 does not show what waits. The demand was then at
 * least what the pods showed, and at most about what was seen soon before or after, when they were not full.
 *
 * @param share of the time that was saturated, 0 to 1
 * @param atMost the same history with the upper bound in these times; empty: there are none
 * @param open whether there are such times without anything that bounds them from above
 */
record Censoring(double share, Optional<List<Part>> atMost, boolean open) {

    /** What is seen so long after or before such a time may bound it. */
    private static final long NEAR_SECONDS = 900;

    static Censoring of(List<Part> parts) {
        long all = parts.stream().mapToLong(Part::seconds).sum();
        long saturated =
                parts.stream().filter(Part::saturated).mapToLong(Part::seconds).sum();
        if (saturated == 0) {
            return new Censoring(0, Optional.empty(), false);
        }
        List<Part> raised = new ArrayList<>(parts.size());
        boolean open = false;
        int index = 0;
        while (index < parts.size()) {
            if (!parts.get(index).saturated()) {
                raised.add(parts.get(index++));
                continue;
            }
            int end = index;
            while (end < parts.size() && parts.get(end).saturated()) {
                end++;
            }
            double near = Math.max(before(parts, index), after(parts, end));
            double shown = parts.subList(index, end).stream()
                    .mapToDouble(Part::highest)
                    .max()
                    .orElse(0);
            open |= near <= shown;
            for (Part part : parts.subList(index, end)) {
                raised.add(part.atLeast(near));
            }
            index = end;
        }
        return new Censoring((double) saturated / all, Optional.of(raised), open);
    }

    private static double after(List<Part> parts, int end) {
        double highest = 0;
        long until = parts.get(end - 1).until() + NEAR_SECONDS;
        for (int i = end;
                i < parts.size() && parts.get(i).from() < until && !parts.get(i).saturated();
                i++) {
            highest = Math.max(highest, parts.get(i).highest());
        }
        return highest;
    }

    private static double before(List<Part> parts, int begin) {
        double highest = 0;
        long from = parts.get(begin).from() - NEAR_SECONDS;
        for (int i = begin - 1;
                i >= 0 && parts.get(i).until() > from && !parts.get(i).saturated();
                i--) {
            highest = Math.max(highest, parts.get(i).highest());
        }
        return highest;
    }
}
