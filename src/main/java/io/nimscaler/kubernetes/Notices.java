package io.nimscaler.kubernetes;

import io.nimscaler.scaler.Notice;
import io.nimscaler.scaler.ScaledObjectId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** The notices of each ScaledObject at this moment. Thread-safe. */
final class Notices {

    /** Twice as many ScaledObjects as there is room for: those over it are refused, and say so. */
    private static final int SCALED_OBJECTS = 2 * Capacity.SCALED_OBJECTS;

    /** Of one ScaledObject: two for each of its triggers. */
    private static final int OF_ONE = 2 * Capacity.TRIGGERS;

    private final Map<ScaledObjectId, List<Notice>> notices = new ConcurrentSkipListMap<>();

    /** These and no others. */
    void put(ScaledObjectId id, List<ScaledObjectTriggers.Complaint> complaints) {
        if (complaints.isEmpty()) {
            remove(id);
        } else if (notices.size() < SCALED_OBJECTS || notices.containsKey(id)) {
            notices.put(
                    id,
                    complaints.stream()
                            .limit(OF_ONE)
                            .map(complaint -> new Notice(
                                    id, complaint.where(), complaint.trigger(), complaint.reason(), complaint.text()))
                            .toList());
        }
    }

    void remove(ScaledObjectId id) {
        notices.remove(id);
    }

    /** In order of namespace and name. */
    List<Notice> all() {
        return notices.values().stream().flatMap(List::stream).toList();
    }
}
