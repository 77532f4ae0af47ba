package io.nimscaler.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.PrivateCa;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientIdentitiesTest {

    private static final X509Certificate OPERATOR = new PrivateCa("ca")
            .issue(
                    "keda-operator",
                    "dns:keda-operator.keda.svc",
                    "uri:spiffe://cluster.local/ns/keda/sa/keda-operator",
                    "ip:10.0.0.1")
            .certificate();

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "keda-operator, true",
        "KEDA-Operator, true",
        "keda-operator.keda.svc, true",
        "spiffe://cluster.local/ns/keda/sa/keda-operator, true",
        "keda-operator.keda, false",
        "operator, false",
        "*, false",
        "10.0.0.1, false",
        "CN=keda-operator, false",
        "spiffe://cluster.local/ns/keda, false",
    })
    void nameIsComparedWhole(String accepted, boolean expected) {
        assertThat(new ClientIdentities(List.of("someone-else", accepted)).accepts(OPERATOR))
                .isEqualTo(expected);
    }

    @Test
    void whereNoneIsNamedTheCaIsEnough() {
        assertThat(new ClientIdentities(List.of()).accepts(OPERATOR)).isTrue();
    }

    @Test
    void certificateWithoutAlternativeNamesHasItsCommonName() {
        assertThat(ClientIdentities.namesOf(new PrivateCa("ca").issue("keda").certificate()))
                .containsExactly("keda");
    }

    @Test
    void commonNameThatLooksLikeTwoIsOne() {
        assertThat(ClientIdentities.namesOf(
                        new PrivateCa("ca").issue("evil\\,CN\\=keda").certificate()))
                .containsExactly("evil,CN=keda");
    }
}
