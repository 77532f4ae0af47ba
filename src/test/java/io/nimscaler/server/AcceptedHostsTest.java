package io.nimscaler.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.config.ScalerSettings;
import io.nimscaler.trigger.Grammar;
import io.smallrye.config.WithDefault;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptedHostsTest {

    private static AcceptedHosts byDefault() throws NoSuchMethodException {
        String names = ScalerSettings.Api.class
                .getMethod("hosts")
                .getAnnotation(WithDefault.class)
                .value();
        return new AcceptedHosts(List.of(names.split(",")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST",
                "127.0.0.1",
                "10.1.2.3",
                "[::1]",
                "[fd00::7]",
                "keda-nim-scaler",
                "keda-nim-scaler.keda-nim-scaler",
                "keda-nim-scaler.keda-nim-scaler.svc",
                "keda-nim-scaler.other.svc.cluster.local"
            })
    void addressesAndTheServicesNamesAreAccepted(String host) throws Exception {
        assertThat(byDefault().accept(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "attacker.example",
                "keda-nim-scaler.example",
                "keda-nim-scaler.attacker.example",
                "localhost.attacker.example",
                "127.0.0.1.attacker.example",
                "127.0.0.1.",
                "xsvc",
                ".svc",
                "*.svc.example",
                "attacker_x.example:9090",
                ""
            })
    void namesThatAnyoneMayHaveAreNot(String host) throws Exception {
        assertThat(byDefault().accept(host)).isFalse();
    }

    @Test
    void othersCanBeNamed() {
        AcceptedHosts hosts = new AcceptedHosts(List.of("Scaler.example.org", "*.ops.example.org"));
        assertThat(hosts.accept("scaler.EXAMPLE.org")).isTrue();
        assertThat(hosts.accept("a.b.ops.example.org")).isTrue();
        assertThat(hosts.accept("ops.example.org")).isFalse();
        assertThat(hosts.accept("localhost")).isFalse();
        assertThat(new AcceptedHosts(List.of("*")).accept("attacker.example")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a*b", "*.", "http://x", "x:9090", "a b", "*.*.x"})
    void whatIsNoNameIsAnError(String name) {
        assertThat(Grammar.isHostPattern(name)).isFalse();
    }
}
