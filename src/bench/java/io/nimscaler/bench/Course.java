package io.nimscaler.bench;

import java.util.ArrayList;
import java.util.List;

/** What happened in one run, in slots of one HPA sync. */
final class Course {

    static final int SLOT_SECONDS = 15;
    private static final int SLOTS_JUDGED = 12;
    private static final double ON_TIME_SECONDS = 2;

    private final double[] arrived;
    private final double[] inTime;
    private final int[] spec;
    private final int[] ready;
    private final double[] reading;
    private final double[] gpuHoursUntil;
    private final double[] offered;
    private int slots;

    Course(double seconds) {
        int most = (int) Math.ceil(seconds / SLOT_SECONDS) + 1;
        arrived = new double[most];
        inTime = new double[most];
        spec = new int[most];
        ready = new int[most];
        reading = new double[most];
        gpuHoursUntil = new double[most];
        offered = new double[most];
    }

    void arrived(double at) {
        arrived[slotOf(at)]++;
    }

    void admitted(Request request, double at) {
        if (at - request.arrivedAt <= ON_TIME_SECONDS) {
            inTime[slotOf(request.arrivedAt)]++;
        }
    }

    void slot(double at, Fleet fleet, double replicasNeeded, double read) {
        int slot = slotOf(at);
        spec[slot] = fleet.spec();
        ready[slot] = fleet.ready().size();
        reading[slot] = read;
        gpuHoursUntil[slot] = fleet.gpuHours();
        offered[slot] = replicasNeeded;
        slots = slot + 1;
    }

    private int slotOf(double at) {
        return Math.min(arrived.length - 1, (int) (at / SLOT_SECONDS));
    }

    int slots() {
        return slots;
    }

    int spec(int slot) {
        return spec[slot];
    }

    double offered(int slot) {
        return offered[slot];
    }

    /** Share of the requests that came in these slots and were not admitted in time: later, or never. */
    double lateShare(int from, int to) {
        double came = sum(arrived, from, to);
        return came == 0 ? 0 : 1 - sum(inTime, from, to) / came;
    }

    private double sum(double[] values, int from, int to) {
        double sum = 0;
        for (int i = Math.max(0, from); i < Math.min(to, slots); i++) {
            sum += values[i];
        }
        return sum;
    }

    Outcome outcome(double fromSeconds) {
        int from = (int) (fromSeconds / SLOT_SECONDS);
        int changes = 0;
        int largest = 0;
        int turns = 0;
        int direction = 0;
        int most = 0;
        for (int i = Math.max(1, from); i < slots; i++) {
            int change = spec[i] - spec[i - 1];
            most = Math.max(most, spec[i]);
            if (change != 0) {
                changes++;
                largest = Math.max(largest, Math.abs(change));
                if (direction != 0 && Integer.signum(change) != direction) {
                    turns++;
                }
                direction = Integer.signum(change);
            }
        }
        double peak = 0;
        for (int i = from; i < slots; i++) {
            peak = Math.max(peak, offered[i]);
        }
        double requests = sum(arrived, from, slots);
        return new Outcome(
                gpuHoursUntil[slots - 1] - (from == 0 ? 0 : gpuHoursUntil[from - 1]),
                requests,
                requests - sum(inTime, from, slots),
                changes,
                largest,
                turns,
                most,
                most / Math.max(1, Math.ceil(peak)),
                harmfulScaleDowns(from),
                (slots - from) * SLOT_SECONDS / 3600.0);
    }

    /** After which a fleet is late that was not, although not more came. */
    private int harmfulScaleDowns(int from) {
        int harmful = 0;
        for (int i = Math.max(SLOTS_JUDGED, from); i < slots - SLOTS_JUDGED; i++) {
            boolean down = spec[i] < spec[i - 1];
            boolean wasInTime = lateShare(i - SLOTS_JUDGED, i) <= .01;
            boolean isLate = lateShare(i, i + SLOTS_JUDGED) > .05;
            boolean notMore = maxOffered(i, i + SLOTS_JUDGED) <= 1.05 * maxOffered(i - SLOTS_JUDGED, i);
            if (down && wasInTime && isLate && notMore) {
                harmful++;
            }
        }
        return harmful;
    }

    private double maxOffered(int from, int to) {
        double most = 0;
        for (int i = from; i < to; i++) {
            most = Math.max(most, offered[i]);
        }
        return most;
    }

    /** Points for a plot: replicas wanted, ready, needed, and the share that is late. */
    List<double[]> points() {
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i < slots; i++) {
            points.add(new double[] {i * SLOT_SECONDS / 3600.0, spec[i], ready[i], offered[i], lateShare(i, i + 1), reading[i]});
        }
        return points;
    }
}
