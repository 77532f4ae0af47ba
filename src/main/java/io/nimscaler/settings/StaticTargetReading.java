package io.nimscaler.settings;

import io.nimscaler.config.ScalerSettings;
import io.nimscaler.hpa.MetricType;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.trigger.Grammar;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.TriggerCheck;
import io.nimscaler.trigger.TriggerParser;
import io.nimscaler.trigger.Violation;
import io.nimscaler.wake.WakeSource;
import io.nimscaler.wake.WakeSources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads {@code nim-scaler.static-targets}. */
final class StaticTargetReading {

    private StaticTargetReading() {}

    static List<Settings.StaticTarget> list(
            SettingsReader reader, Map<String, ScalerSettings.StaticTarget> written, List<WakeSource> wakeSources) {
        TriggerCheck check = new WakeSources(wakeSources).and(GpuExporters.none());
        List<Settings.StaticTarget> targets = new ArrayList<>();
        new TreeMap<>(written)
                .forEach((name, target) -> target(reader, name, target, check).ifPresent(targets::add));
        return targets;
    }

    private static Optional<Settings.StaticTarget> target(
            SettingsReader reader, String name, ScalerSettings.StaticTarget written, TriggerCheck check) {
        String item = "static-targets." + name + ".";
        if (!Grammar.isSubdomain(name)) {
            reader.wrong("static-targets." + name, Optional.empty(), "the name of a ScaledObject");
        }
        String namespace =
                reader.text(item + "namespace", written.namespace(), Grammar::isLabel, "the name of a namespace");
        List<Settings.Address> addresses = reader
                .list(
                        item + "addresses",
                        written.addresses(),
                        true,
                        text -> Settings.Address.of(text).isPresent(),
                        "IP addresses, IPv4:PORT or [IPv6]:PORT")
                .stream()
                .flatMap(text -> Settings.Address.of(text).stream())
                .toList();
        Optional<MetricType> metricType = MetricType.of(reader.text(
                item + "metric-type",
                written.metricType(),
                text -> MetricType.of(text).isPresent(),
                "AverageValue or Value"));
        Map<String, String> metadata = new TreeMap<>();
        written.metadata().forEach((key, value) -> metadata.put(key, value.orElse("")));
        metadata.forEach((key, value) -> reader.inForce(item + "metadata." + key, value));
        return switch (check.check(namespace, TriggerParser.parse(metadata))) {
            case ParsedTrigger.Valid valid -> {
                Trigger trigger = metricType.map(valid.trigger()::under).orElse(valid.trigger());
                trigger.mismatch().ifPresent(each -> reader.wrong(inMetadata(item, each)));
                yield Optional.of(new Settings.StaticTarget(
                        new ScaledObjectId(namespace, name), addresses, trigger, valid.warnings()));
            }
            case ParsedTrigger.Invalid invalid -> {
                invalid.violations().forEach(each -> reader.wrong(inMetadata(item, each)));
                yield Optional.empty();
            }
        };
    }

    private static Violation inMetadata(String item, Violation violation) {
        return new Violation(
                SettingNames.PREFIX + item + "metadata." + violation.key(),
                violation.value(),
                violation.expected(),
                violation.nearest());
    }
}
