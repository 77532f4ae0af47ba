package io.nimscaler.app;

import io.netty.util.NetUtil;
import io.nimscaler.config.ScalerSettings;
import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.Observation;
import io.nimscaler.scaler.Pod;
import io.nimscaler.scaler.Pods;
import io.nimscaler.scaler.ScaledObjectId;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pods from settings: each address is a pod that has been ready since the start, and there are as many wanted replicas as
 * addresses, for nobody says otherwise.
 */
final class StaticPods implements Pods {

    private final Map<ScaledObjectId, Observation> targets = new HashMap<>();

    StaticPods(Map<String, ScalerSettings.StaticTarget> settings, Instant start) {
        settings.forEach((name, target) -> targets.put(
                new ScaledObjectId(target.namespace(), name), observation(name, target.addresses(), start)));
    }

    private static Observation observation(String name, List<String> addresses, Instant start) {
        List<Pod> pods = new LinkedHashSet<>(addresses)
                .stream().map(address -> pod(name, address, start)).toList();
        return new Observation.Known(new Scale(pods.size(), pods.size()), pods.size(), pods);
    }

    private static Pod pod(String target, String address, Instant start) {
        int colon = address.indexOf(':') == address.lastIndexOf(':') ? address.indexOf(':') : -1;
        String host = colon < 0 ? address : address.substring(0, colon);
        Map<String, Integer> ports =
                colon < 0 ? Map.of() : Map.of("metrics", portNumber(target, address, address.substring(colon + 1)));
        if (!NetUtil.isValidIpV4Address(host) && !NetUtil.isValidIpV6Address(host)) {
            throw notAnAddress(target, address);
        }
        return new Pod(address, address, Optional.of(host), ports, true, Optional.of(start), true, start, false);
    }

    private static int portNumber(String target, String address, String port) {
        if (!port.matches("[1-9][0-9]{0,4}") || Integer.parseInt(port) > 65535) {
            throw notAnAddress(target, address);
        }
        return Integer.parseInt(port);
    }

    private static IllegalArgumentException notAnAddress(String target, String address) {
        return new IllegalArgumentException("nim-scaler.static-targets." + target + ".addresses = \"" + address
                + "\": expected an IP address, or IPv4:PORT");
    }

    @Override
    public Observation observe(ScaledObjectId scaledObject, Optional<String> podSelector) {
        return targets.getOrDefault(
                scaledObject, new Observation.Absent("no such ScaledObject among nim-scaler.static-targets"));
    }
}
