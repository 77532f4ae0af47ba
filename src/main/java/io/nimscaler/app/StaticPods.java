package io.nimscaler.app;

import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.Notice;
import io.nimscaler.scaler.Observation;
import io.nimscaler.scaler.Pod;
import io.nimscaler.scaler.Pods;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.settings.Settings;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pods from settings. Each address is a pod that has been ready since the start. The number of wanted replicas is the number of
 * addresses.
 */
final class StaticPods implements Pods {

    private final Map<ScaledObjectId, Observation> targets = new HashMap<>();
    private final List<Notice> notices;

    StaticPods(List<Settings.StaticTarget> settings, Instant start) {
        settings.forEach(target -> targets.put(target.scaledObject(), observation(target.addresses(), start)));
        notices = settings.stream()
                .flatMap(target -> target.warnings().stream().map(warning -> notice(target, warning)))
                .sorted(Comparator.comparing(Notice::scaledObject))
                .toList();
    }

    private static Notice notice(Settings.StaticTarget target, String warning) {
        return new Notice(
                target.scaledObject(), "triggers", Optional.of(target.trigger()), Notice.TRIGGER_QUESTIONABLE, warning);
    }

    @Override
    public List<Notice> notices() {
        return notices;
    }

    private static Observation observation(List<Settings.Address> addresses, Instant start) {
        List<Pod> pods = new LinkedHashSet<>(addresses)
                .stream().map(address -> pod(address, start)).toList();
        return new Observation.Known(new Scale(pods.size(), pods.size()), pods.size(), pods);
    }

    private static Pod pod(Settings.Address address, Instant start) {
        String name = address.text();
        Pod pod = new Pod(
                name, name, Pod.Access.at(Optional.of(address.host()), Map.of()), Pod.Startup.ready(start, start));
        return address.port().isPresent() ? pod.onlyAt(address.port().getAsInt()) : pod;
    }

    @Override
    public Observation observe(ScaledObjectId scaledObject, Optional<String> podSelector) {
        return targets.getOrDefault(
                scaledObject, new Observation.Absent("no such ScaledObject among nim-scaler.static-targets"));
    }
}
