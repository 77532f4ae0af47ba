package io.nimscaler.settings;

import io.nimscaler.config.ScalerSettings;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Settings as a user writes them. */
final class Written {

    private Written() {}

    /** All defaults but these items and values in turn, without {@code nim-scaler.}. */
    static ScalerSettings with(String... itemsAndValues) {
        Map<String, String> properties = new HashMap<>();
        for (int i = 0; i < itemsAndValues.length; i += 2) {
            properties.put(SettingNames.PREFIX + itemsAndValues[i], itemsAndValues[i + 1]);
        }
        return new SmallRyeConfigBuilder()
                .withMapping(ScalerSettings.class)
                .withSources(new PropertiesConfigSource(properties, "written", 300))
                .build()
                .getConfigMapping(ScalerSettings.class);
    }

    static Settings usable(String... itemsAndValues) {
        return switch (Settings.read(with(itemsAndValues))) {
            case Settings.Read.Usable(Settings settings) -> settings;
            case Settings.Read.Unusable unusable -> throw new AssertionError(unusable.text());
        };
    }

    /** What is wrong, one line each; empty: nothing. */
    static List<String> wrong(String... itemsAndValues) {
        return switch (Settings.read(with(itemsAndValues))) {
            case Settings.Read.Usable _ -> List.of();
            case Settings.Read.Unusable(var violations) ->
                violations.stream().map(violation -> violation.text()).toList();
        };
    }
}
