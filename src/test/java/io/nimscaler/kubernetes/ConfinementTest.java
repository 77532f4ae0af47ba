package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods that would lead the scaler to where it has no business. */
class ConfinementTest {

    private static final Confinement STRICT = new Confinement(false, false);
    private static final Confinement OPEN = new Confinement(true, true);

    private static Pod pod(String address, boolean hostNetwork, String... hosts) {
        PodBuilder pod = new PodBuilder()
                .withNewMetadata()
                .withName("nim-0")
                .endMetadata()
                .withNewSpec()
                .withHostNetwork(hostNetwork)
                .endSpec()
                .withNewStatus()
                .withPodIP(address)
                .withHostIP(hosts.length > 0 ? hosts[0] : null)
                .endStatus();
        for (String host : hosts) {
            pod.editStatus().addNewHostIP(host).endStatus();
        }
        return pod.build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "192.168.1.1", "100.64.0.1", "fd00::1", "2001:db8::1"})
    void podWithAnAddressOfItsOwnIsAsked(String address) {
        assertThat(STRICT.refusal(pod(address, false, "10.1.1.1", "fd01::1"))).isEmpty();
    }

    @Test
    void podWithoutAnAddressYetIsNoTrouble() {
        assertThat(STRICT.refusal(pod("", false))).isEmpty();
        assertThat(STRICT.refusal(new Pod())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.1.2.3",
                "169.254.169.254",
                "::1",
                "fe80::1",
                "::ffff:127.0.0.1",
                "::ffff:169.254.169.254",
                "0:0:0:0:0:ffff:7f00:1"
            })
    void loopbackAndLinkLocalAddressesAreRefusedUnlessAllowed(String address) {
        assertThat(STRICT.refusal(pod(address, false)))
                .hasValue("its address " + address + " is a loopback or link-local one, and"
                        + " nim-scaler.kubernetes.allow-local-addresses is false");
        assertThat(new Confinement(false, true).refusal(pod(address, false))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1, 10.0.0.1", "fd00::1, 'fd00:0:0::1'", "::ffff:10.0.0.1, 10.0.0.1"})
    void addressOfItsNodeIsRefusedUnlessAllowed(String address, String host) {
        assertThat(STRICT.refusal(pod(address, false, host)))
                .hasValue("it uses its node's network, and nim-scaler.kubernetes.allow-host-network is false");
        assertThat(new Confinement(true, false).refusal(pod(address, false, host)))
                .isEmpty();
    }

    @Test
    void secondAddressOfItsNodeIsTheNodesToo() {
        assertThat(STRICT.refusal(pod("fd00::1", false, "10.0.0.1", "fd00::1"))).isPresent();
    }

    @Test
    void podThatDeclaresHostNetworkIsRefused() {
        assertThat(STRICT.refusal(pod("10.0.0.1", true))).isPresent();
        assertThat(OPEN.refusal(pod("10.0.0.1", true, "10.0.0.1"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "::",
                "224.0.0.1",
                "ff02::1",
                "255.255.255.255",
                "localhost",
                "10.0.0.1:80",
                "10.0.0.1/x",
                "kubernetes.default.svc",
                "2130706433",
                "0x7f.1",
                "10.0.0.1@evil"
            })
    void whatIsNoPodsAddressIsNeverAsked(String address) {
        assertThat(OPEN.refusal(pod(address, false))).isPresent();
    }
}
