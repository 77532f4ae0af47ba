package io.nimscaler.app;

import io.nimscaler.config.ScalerSettings.StaticTarget;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.TriggerCheck;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.TriggerParser;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/** The triggers of {@code nim-scaler.static-targets}. */
final class StaticTargets {

    private static final Logger LOG = Logger.getLogger(StaticTargets.class);

    private StaticTargets() {}

    /**
     * One trigger a target.
     *
     * @throws IllegalArgumentException with all that is wrong with all of them
     */
    static Map<ScaledObjectId, Trigger> triggers(Map<String, StaticTarget> settings, TriggerCheck check) {
        Map<ScaledObjectId, Trigger> triggers = new HashMap<>();
        List<String> wrong = new ArrayList<>();
        settings.forEach((name, target) -> {
            switch (check.check(target.namespace(), TriggerParser.parse(target.metadata()))) {
                case ParsedTrigger.Valid valid -> {
                    triggers.put(new ScaledObjectId(target.namespace(), name), valid.trigger());
                    valid.warnings()
                            .forEach(warning -> LOG.warnf("nim-scaler.static-targets.%s.metadata: %s", name, warning));
                }
                case ParsedTrigger.Invalid invalid ->
                    wrong.add("nim-scaler.static-targets." + name + ".metadata: " + invalid.text());
            }
        });
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", wrong));
        }
        return triggers;
    }
}
