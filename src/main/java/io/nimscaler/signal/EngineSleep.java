package io.nimscaler.signal;

import io.nimscaler.exposition.SampleLine;
import java.util.List;
import java.util.Optional;

/**
 * Whether an engine sleeps. vLLM shows it (vllm/v1/metrics/loggers.py): the engine has given its memory away and works on
 * nothing, but its other gauges look like those of an idle engine. Such a pod has no room. It is not known what it carries.
 */
public final class EngineSleep {

    private static final String SERIES = "engine_sleep_state";

    private static final String STATE = "sleep_state";

    private static final String AWAKE = "awake";

    /** Under each of the names that vLLM's series have. */
    public static final List<String> SERIES_NAMES =
            Engine.VLLM.stream().map(prefix -> prefix + SERIES).toList();

    private EngineSleep() {}

    /**
     * Whether one of a pod's engines sleeps: by any state but {@code awake} that is 1.
     *
     * @param modelName only engines of this model; empty: any
     */
    public static boolean isAsleep(List<SampleLine> body, Optional<String> modelName) {
        return Lines.has(
                SeriesSelector.ofModel(Lines.of(body, EngineSleep::isState), modelName),
                series -> series.value() == 1
                        && !series.labels().getOrDefault(STATE, AWAKE).equals(AWAKE));
    }

    /** The series that say something else. */
    public static List<SampleLine> without(List<SampleLine> body) {
        return Lines.has(body, EngineSleep::isState) ? Lines.of(body, series -> !isState(series)) : body;
    }

    private static boolean isState(SampleLine series) {
        return SERIES_NAMES.contains(series.name());
    }
}
