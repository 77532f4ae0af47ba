package io.nimscaler.trigger;

import static io.nimscaler.trigger.TriggerKey.MAX_RUNNING;
import static io.nimscaler.trigger.TriggerKey.QUANTILE;
import static io.nimscaler.trigger.TriggerKey.SERIES_AGGREGATION;
import static io.nimscaler.trigger.TriggerKey.WINDOW;

import io.nimscaler.signal.CounterRate;
import io.nimscaler.signal.Gauge;
import io.nimscaler.signal.GpuUsage;
import io.nimscaler.signal.Latency;
import io.nimscaler.signal.ServingLoad;
import io.nimscaler.signal.Signals;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A {@link Trigger} → the metadata that say it in full, defaults included; keys that have no value are left out. The parser makes
 * the same trigger of them, but for {@link Trigger#metricName} and {@link Trigger#metricType}: the signal stands under its plain name here, whatever alias or
 * environment variable the user named it by. A shadow's own keys follow with their prefix.
 */
public final class EffectiveMetadata {

    private final Map<String, String> metadata = new LinkedHashMap<>();

    private EffectiveMetadata() {}

    /** By key, in the order of {@link TriggerKey}. */
    public static Map<String, String> of(Trigger trigger) {
        EffectiveMetadata effective = new EffectiveMetadata();
        for (TriggerKey key : TriggerKey.values()) {
            effective.put(key, trigger);
        }
        trigger.shadow().ifPresent(shadow -> effective.putShadow(trigger, shadow));
        return effective.metadata;
    }

    /** What the shadow has of its own; with another signal, all that goes with one. */
    private void putShadow(Trigger trigger, Trigger shadow) {
        boolean anotherSignal = !shadow.signal().equals(trigger.signal());
        Map<String, String> reported = Map.copyOf(metadata);
        of(shadow).forEach((key, text) -> {
            boolean withSignal = anotherSignal && ShadowMetadata.isOfTheMetric(key);
            if (withSignal || !text.equals(reported.get(key))) {
                metadata.put(ShadowMetadata.PREFIX + key, text);
            }
        });
    }

    private void put(TriggerKey key, Trigger trigger) {
        switch (key) {
            case TARGET_VALUE -> put(key, number(trigger.target().value()));
            case ACTIVATION_TARGET_VALUE -> put(key, number(trigger.target().activation()));
            case METRIC -> put(key, trigger.signal().name());
            case WINDOW, QUANTILE, MAX_RUNNING, SERIES_AGGREGATION -> putOption(key, trigger);
            case AGGREGATION_TYPE -> put(key, trigger.aggregationType().key());
            case POLL_INTERVAL -> put(key, trigger.reading().pollInterval());
            case STALE_AFTER -> put(key, trigger.deadlines().staleAfter());
            case UNAVAILABLE_AFTER -> put(key, trigger.deadlines().unavailableAfter());
            case STARTING_DEADLINE -> put(key, trigger.deadlines().startingDeadline());
            case TOLERANCE -> put(key, number(trigger.stabilization().tolerance()));
            case SMOOTHING_UP -> put(key, trigger.stabilization().smoothing().up());
            case SMOOTHING_DOWN -> put(key, trigger.stabilization().smoothing().down());
            case DOWNSCALE_STABILIZATION_WINDOW ->
                put(key, trigger.stabilization().window().down());
            case UPSCALE_STABILIZATION_WINDOW ->
                put(key, trigger.stabilization().window().up());
            case LOADING_CREDIT ->
                put(key, Boolean.toString(trigger.stabilization().loadingCredit()));
            case PORT -> put(key, trigger.reading().port().toString());
            case PATH ->
                put(
                        key,
                        trigger.reading().path().equals(MetricsPath.AUTO)
                                ? "auto"
                                : trigger.reading().path().candidates().getFirst());
            case SCHEME -> put(key, trigger.reading().scheme().name().toLowerCase(Locale.ROOT));
            case MODEL_NAME -> trigger.modelName().ifPresent(name -> put(key, name));
            case POD_SELECTOR -> trigger.reading().podSelector().ifPresent(selector -> put(key, selector));
            case POD_AUTH -> trigger.reading().podAuth().ifPresent(name -> put(key, name));
            case WAKE_SOURCE -> trigger.waking().source().ifPresent(name -> put(key, name));
            case WAKE_MODEL_NAME ->
                trigger.waking()
                        .modelName()
                        .filter(name ->
                                !trigger.modelName().equals(trigger.waking().modelName()))
                        .ifPresent(name -> put(key, name));
        }
    }

    private void putOption(TriggerKey key, Trigger trigger) {
        switch (trigger.signal()) {
            case GpuUsage _ -> {}
            case Gauge gauge -> {
                if (key == SERIES_AGGREGATION && !gauge.equals(Signals.named(gauge.name()))) {
                    put(key, gauge.aggregation().key());
                }
            }
            case CounterRate rate -> {
                if (key == WINDOW) {
                    put(key, rate.window());
                }
            }
            case Latency latency -> {
                if (key == WINDOW) {
                    put(key, latency.window());
                } else if (key == QUANTILE) {
                    latency.quantile().ifPresent(quantile -> put(key, number(quantile)));
                }
            }
            case ServingLoad load -> {
                if (key == MAX_RUNNING) {
                    load.maxRunning().ifPresent(max -> put(key, Integer.toString(max)));
                }
            }
        }
    }

    private void put(TriggerKey key, String text) {
        metadata.put(key.key(), text);
    }

    private void put(TriggerKey key, Duration duration) {
        put(key, Durations.text(duration));
    }

    private static String number(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
