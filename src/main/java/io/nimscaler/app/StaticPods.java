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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Pods from settings: each address is a pod that has been ready since the start, and there are as many wanted replicas as
 * addresses, for nobody says otherwise.
 */
final class StaticPods implements Pods {

    /** {@code IPv4:PORT} or {@code [IPv6]:PORT}. */
    private static final Pattern WITH_PORT = Pattern.compile("([0-9.]+|\\[[0-9a-fA-F:.]+]):([1-9][0-9]{0,4})");

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
        Matcher withPort = WITH_PORT.matcher(address);
        boolean hasPort = withPort.matches();
        String host = hasPort ? withPort.group(1) : address;
        boolean inBrackets = host.startsWith("[");
        if (inBrackets) {
            host = host.substring(1, host.length() - 1);
        }
        boolean isPort = !hasPort || Integer.parseInt(withPort.group(2)) <= 65535;
        boolean isHost = NetUtil.isValidIpV6Address(host) || (!inBrackets && NetUtil.isValidIpV4Address(host));
        if (!isPort || !isHost) {
            throw notAnAddress(target, address);
        }
        Pod pod = new Pod(address, address, Optional.of(host), Map.of(), true, Optional.of(start), true, start, false);
        return hasPort ? pod.onlyAt(Integer.parseInt(withPort.group(2))) : pod;
    }

    private static IllegalArgumentException notAnAddress(String target, String address) {
        return new IllegalArgumentException("nim-scaler.static-targets." + target + ".addresses = \"" + address
                + "\": expected an IP address, IPv4:PORT or [IPv6]:PORT");
    }

    @Override
    public Observation observe(ScaledObjectId scaledObject, Optional<String> podSelector) {
        return targets.getOrDefault(
                scaledObject, new Observation.Absent("no such ScaledObject among nim-scaler.static-targets"));
    }
}
