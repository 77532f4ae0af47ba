package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofSeconds;

import io.nimscaler.PrivateCa;
import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.ScaledObject;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** KEDA calls by mutual TLS, with certificates of a private CA in a TriggerAuthentication, as k8s/examples/mutual-tls.yaml has it. */
@Scenario
class SecuresItsPort {

    @Test
    void byMutualTls(Story story) {
        PrivateCa ca = serveWithTls(story);
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(4);
        authenticateWith(story, ca.issue("keda-operator"), ca);
        ScaledObject scaling = triggerWithTls(story, llm).apply();
        scaling.expectHpaDesires(4, SOON);
        llm.loadFor(7);
        llm.expectReplicas(7, SOON);

        // Renewed, with another key: read again without a restart, and KEDA goes on
        ca.issue("keda-nim-scaler", "dns:" + story.scalerHost()).writeTo(story.file(""));
        llm.expectReplicasKept(7, ofSeconds(8));
        llm.loadFor(4);
        llm.expectReplicas(4, SOON);
    }

    @Test
    void againstWhoIsNotOnTheList(Story story) {
        PrivateCa ca = serveWithTls(story);
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(7);
        authenticateWith(story, ca.issue("somebody-else"), ca);
        // One that is let in scales to 7 within seconds
        triggerWithTls(story, llm).apply();
        llm.expectReplicasKept(4, ofSeconds(30));
    }

    @Test
    void againstAnotherAuthority(Story story) {
        PrivateCa ca = serveWithTls(story);
        Fleet llm = story.fleet("llm", 4);
        llm.loadFor(7);
        authenticateWith(story, new PrivateCa("another").issue("keda-operator"), ca);
        // One that is let in scales to 7 within seconds
        triggerWithTls(story, llm).apply();
        llm.expectReplicasKept(4, ofSeconds(30));
    }

    private static PrivateCa serveWithTls(Story story) {
        PrivateCa ca = new PrivateCa("private").writeTo(story.file("ca.crt"));
        ca.issue("keda-nim-scaler", "dns:" + story.scalerHost()).writeTo(story.file(""));
        story.scaler(
                1,
                Map.of(
                        "NIM_SCALER_GRPC_TLS_CERTIFICATE", story.file("tls.crt").toString(),
                        "NIM_SCALER_GRPC_TLS_KEY", story.file("tls.key").toString(),
                        "NIM_SCALER_GRPC_TLS_CLIENT_CA", story.file("ca.crt").toString(),
                        "NIM_SCALER_GRPC_TLS_RELOAD_PERIOD", "5s",
                        "NIM_SCALER_GRPC_CLIENT_IDENTITIES", "keda-operator"));
        return ca;
    }

    private static void authenticateWith(Story story, PrivateCa.Issued client, PrivateCa ca) {
        story.apply(
                """
                apiVersion: v1
                kind: Secret
                metadata: {name: keda-nim-scaler-client}
                stringData:
                  ca.crt: |
                %s
                  tls.crt: |
                %s
                  tls.key: |
                %s
                ---
                apiVersion: keda.sh/v1alpha1
                kind: TriggerAuthentication
                metadata: {name: keda-nim-scaler}
                spec:
                  secretTargetRef:
                    - {parameter: caCert, name: keda-nim-scaler-client, key: ca.crt}
                    - {parameter: tlsClientCert, name: keda-nim-scaler-client, key: tls.crt}
                    - {parameter: tlsClientKey, name: keda-nim-scaler-client, key: tls.key}
                """
                        .formatted(
                                ca.pem().indent(4), client.certificatePem().indent(4), client.keyPem().indent(4)));
    }

    private static ScaledObject triggerWithTls(Story story, Fleet fleet) {
        return story.scaledObject(fleet)
                .trigger(ofSeconds(0), Map.of("enableTLS", "true"))
                .lastTrigger(trigger -> trigger.put("authenticationRef", Map.of("name", "keda-nim-scaler")));
    }
}
