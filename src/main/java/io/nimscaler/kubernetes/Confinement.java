package io.nimscaler.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which addresses a ScaledObject can make the scaler connect to: only those of pods in its own namespace, and only addresses
 * that belong to the pod alone. Otherwise a user who may create pods could make the scaler call services of a node (such as its
 * kubelet), of the cloud's metadata at a link-local address, or of the scaler's own pod.
 *
 * @param hostNetworkAllowed whether pods that share their node's address are asked
 * @param localAddressesAllowed whether loopback and link-local addresses are asked
 */
public record Confinement(boolean hostNetworkAllowed, boolean localAddressesAllowed) {

    private static final String SETTING = "nim-scaler.kubernetes.";

    /** Why this pod must not be asked, for people; empty while it has no address. */
    Optional<String> refusal(Pod pod) {
        PodStatus status = pod.getStatus() == null ? new PodStatus() : pod.getStatus();
        String address = status.getPodIP();
        if (address == null || address.isEmpty()) {
            return Optional.empty();
        }
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        if (bytes == null) {
            return Optional.of("its podIP is not an IP address");
        }
        InetAddress parsed = parsed(bytes);
        if (parsed.isAnyLocalAddress() || parsed.isMulticastAddress() || isBroadcast(bytes)) {
            return Optional.of("its address " + address + " is nobody's own");
        }
        if (!localAddressesAllowed && (parsed.isLoopbackAddress() || parsed.isLinkLocalAddress())) {
            return Optional.of("its address " + address + " is a loopback or link-local one, and " + SETTING
                    + "allow-local-addresses is false");
        }
        if (!hostNetworkAllowed && sharesItsNodesAddress(pod, status, parsed)) {
            return Optional.of("it uses its node's network, and " + SETTING + "allow-host-network is false");
        }
        return Optional.empty();
    }

    /** By its address, too: what a status says of both is the kubelet's word, what a spec says is its author's. */
    private static boolean sharesItsNodesAddress(Pod pod, PodStatus status, InetAddress address) {
        PodSpec spec = pod.getSpec();
        boolean declared = spec != null && Boolean.TRUE.equals(spec.getHostNetwork());
        Stream<String> hosts = Stream.concat(
                Stream.ofNullable(status.getHostIP()),
                status.getHostIPs() == null
                        ? Stream.of()
                        : status.getHostIPs().stream().flatMap(host -> Stream.ofNullable(host.getIp())));
        return declared
                || hosts.map(NetUtil::createByteArrayFromIpAddressString)
                        .anyMatch(host -> host != null && parsed(host).equals(address));
    }

    private static boolean isBroadcast(byte[] address) {
        return address.length == 4 && Stream.of(0, 1, 2, 3).allMatch(i -> address[i] == (byte) 0xff);
    }

    /** An IPv4 address that is written as an IPv6 one ({@code ::ffff:127.0.0.1}) is that IPv4 address. */
    private static InetAddress parsed(byte[] address) {
        try {
            return InetAddress.getByAddress(address);
        } catch (java.net.UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
