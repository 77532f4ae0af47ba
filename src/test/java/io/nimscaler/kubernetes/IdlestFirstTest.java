package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Policy;
import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.PodState;
import io.nimscaler.scaler.PodStatus;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is written to pods before and after a scale-down, against a server that takes patches. */
class IdlestFirstTest {

    private static final ScaledObjectId ID = new ScaledObjectId("ns", "llm");
    private static final Trigger TRIGGER = Triggers.immediate("scaleDown", "idlest");
    private static final Trigger WITHOUT = Triggers.immediate();
    private static final String KEY = "controller.kubernetes.io/pod-deletion-cost";

    private final List<String> patches = new CopyOnWriteArrayList<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<Pod> pods = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private int answer = 200;
    private HttpServer server;
    private KubernetesClient client;
    private IdlestFirst idlestFirst;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            boolean isPatch = exchange.getRequestMethod().equals("PATCH");
            if (isPatch) {
                patches.add(path.substring(path.lastIndexOf('/') + 1) + " " + body.replaceAll("\\s+", ""));
            } else {
                events.add(body.replaceAll("(?s).*\"reason\" *: *\"([A-Za-z]+)\".*", "$1"));
            }
            byte[] bytes = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\"}}"
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("content-type", "application/json");
            exchange.sendResponseHeaders(isPatch ? answer : 201, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        client = Clients.of("http://127.0.0.1:" + server.getAddress().getPort(), Clients::impatient);
        idlestFirst = new IdlestFirst(
                client, new ScaledObjectEvents(client, Runnable::run, () -> now), Runnable::run, () -> now);
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    private static ScaledObject of(String resource, String group) {
        return new ScaledObject(
                ID,
                "uid-1",
                Optional.of(new ScaleTarget("ns", group, "v1", resource, "llm")),
                1,
                OptionalInt.empty(),
                List.of());
    }

    private void pods(Map<String, String> costs, String... names) {
        pods.clear();
        for (String name : names) {
            pods.add(new PodBuilder()
                    .withNewMetadata()
                    .withNamespace("ns")
                    .withName(name)
                    .withUid("uid-" + name)
                    .withResourceVersion("7")
                    .withAnnotations(costs.containsKey(name) ? Map.of(KEY, costs.get(name)) : null)
                    .endMetadata()
                    .withNewStatus()
                    .withPhase("Running")
                    .addNewCondition()
                    .withType("Ready")
                    .withStatus("True")
                    .endCondition()
                    .endStatus()
                    .build());
        }
    }

    /** Each of the pods at so much, with as many requests as its place in the list. */
    private void decided(ScaledObject scaledObject, double each, int seconds) {
        decided(TRIGGER, scaledObject, each, seconds);
    }

    private void decided(Trigger trigger, ScaledObject scaledObject, double each, int seconds) {
        int replicas = pods.size();
        Fleet fleet = new Fleet.Known(
                new Scale(replicas, replicas), replicas, Collections.nCopies(replicas, new PodReading.Sampled(each)));
        for (int i = 0; i < seconds; i++) {
            now = now.plusSeconds(1);
            List<PodStatus> statuses = new ArrayList<>();
            for (Pod pod : pods) {
                statuses.add(new PodStatus(
                        pod.getMetadata().getName(),
                        Optional.empty(),
                        PodState.SAMPLED,
                        Optional.empty(),
                        Optional.empty(),
                        OptionalDouble.of(statuses.size())));
            }
            idlestFirst.decided(
                    scaledObject,
                    new Snapshot(ID, trigger, new Policy(trigger).decide(fleet, now), statuses),
                    () -> List.copyOf(pods));
        }
    }

    @Test
    void theIdlestAreMarkedOnceForThatVersionOfThePod() {
        pods(Map.of(), "a", "b", "c");
        decided(of("deployments", "apps"), .9, 5);
        assertThat(patches).isEmpty();

        // 3 · 0.4 / 0.7 is 2 replicas
        decided(of("deployments", "apps"), .4, 10);

        assertThat(patches)
                .containsExactly("a {\"metadata\":{\"uid\":\"uid-a\",\"resourceVersion\":\"7\",\"annotations\":{\""
                        + KEY + "\":\"-1710000000\"}}}");
    }

    @Test
    void afterTheDropTheMarkIsTakenBack() {
        pods(Map.of("c", "-1710000000"), "a", "b", "c");
        decided(of("deployments", "apps"), .9, 30);
        assertThat(patches).isEmpty();
        decided(of("deployments", "apps"), .9, 10);
        assertThat(patches)
                .containsExactly("c {\"metadata\":{\"uid\":\"uid-c\",\"resourceVersion\":\"7\",\"annotations\":{\""
                        + KEY + "\":null}}}");
    }

    @Test
    void aMarkIsLeftForHalfAMinuteForTheHpaToAct() {
        pods(Map.of(), "a", "b", "c");
        decided(of("deployments", "apps"), .4, 2);
        pods(Map.of("a", "-1710000000"), "a", "b", "c");
        patches.clear();
        decided(of("deployments", "apps"), .9, 29);
        assertThat(patches).isEmpty();
        decided(of("deployments", "apps"), .9, 2);
        assertThat(patches).hasSize(1);
    }

    @Test
    void whatSomebodyElseWroteIsLeftAlone() {
        pods(Map.of("a", "3"), "a", "b", "c");
        decided(of("deployments", "apps"), .4, 2);
        assertThat(patches).singleElement().asString().startsWith("b ");
    }

    @Test
    void whatWasWrittenIsTakenBackWhereTheTriggerDoesNotSaySoAnyMore() {
        // Given a drop that is pending
        pods(Map.of(), "a", "b", "c");
        decided(of("deployments", "apps"), .4, 2);
        pods(Map.of("a", "-1710000000", "b", "9"), "a", "b", "c");
        patches.clear();

        // When the key is taken out
        decided(WITHOUT, of("deployments", "apps"), .4, 29);
        assertThat(patches).isEmpty();
        decided(WITHOUT, of("deployments", "apps"), .4, 10);

        // Then that is taken back, and not what somebody else wrote
        assertThat(patches).singleElement().asString().startsWith("a ").endsWith("\"" + KEY + "\":null}}}");

        // And when nothing is left of it, what comes is another scaler's
        pods(Map.of("b", "9"), "a", "b", "c");
        decided(WITHOUT, of("deployments", "apps"), .4, 30);
        pods(Map.of("c", "-1710000000"), "a", "b", "c");
        decided(WITHOUT, of("deployments", "apps"), .4, 300);
        assertThat(patches).hasSize(1);
    }

    @Test
    void anotherTriggerOfTheSameScaledObjectTakesNothingBack() {
        pods(Map.of(), "a", "b", "c");
        for (int i = 0; i < 100; i++) {
            decided(TRIGGER, of("deployments", "apps"), .4, 1);
            pods(Map.of("a", "-1710000000"), "a", "b", "c");
            decided(WITHOUT, of("deployments", "apps"), .4, 1);
        }
        assertThat(patches).singleElement().asString().startsWith("a ");
    }

    @Test
    void whatWasWrittenIsTakenBackWhereTheScaledObjectGoes() {
        pods(Map.of(), "a", "b", "c");
        decided(of("deployments", "apps"), .4, 2);
        pods(Map.of("a", "-1710000000"), "a", "b", "c");
        patches.clear();

        idlestFirst.forget(of("deployments", "apps"), pods);

        assertThat(patches).singleElement().asString().startsWith("a ").contains("null");
    }

    /** Another replica of the scaler has marked; this one was started just now, so its downscale window is not full. */
    @Test
    void aReplicaThatDoesNotKnowYetTakesBackNothing() {
        pods(Map.of("a", "-1710000000"), "a", "b", "c");
        Trigger withWindows = Triggers.with("scaleDown", "idlest");
        Policy young = new Policy(withWindows);
        Fleet idle = new Fleet.Known(new Scale(3, 3), 3, Collections.nCopies(3, new PodReading.Sampled(.1)));
        for (int i = 0; i < 120; i++) {
            now = now.plusSeconds(1);
            Decision decision = young.decide(idle, now);
            assertThat(decision)
                    .isInstanceOfSatisfying(
                            Decision.Hold.class,
                            hold -> assertThat(hold.reason()).isEqualTo(HoldReason.WINDOW_NOT_FULL));
            idlestFirst.decided(
                    of("deployments", "apps"),
                    new Snapshot(ID, withWindows, decision, List.of()),
                    () -> List.copyOf(pods));
        }
        assertThat(patches).isEmpty();
    }

    @Test
    void aReplicaThatCannotReadThePodsTakesBackNothing() {
        pods(Map.of(), "a", "b", "c");
        decided(of("deployments", "apps"), .4, 2);
        pods(Map.of("a", "-1710000000"), "a", "b", "c");
        patches.clear();
        Fleet dark = new Fleet.NotKnown("the API server does not answer");
        for (int i = 0; i < 120; i++) {
            now = now.plusSeconds(1);
            idlestFirst.decided(
                    of("deployments", "apps"),
                    new Snapshot(ID, TRIGGER, new Policy(TRIGGER).decide(dark, now), List.of()),
                    () -> List.copyOf(pods));
        }
        assertThat(patches).isEmpty();
    }

    /** The HPA follows the one that asks for most replicas. */
    @Test
    void nothingIsMarkedWhileAnotherTriggerKeepsTheReplicas() {
        Trigger other =
                Triggers.immediate("scaleDown", "idlest", "metric", "num_requests_running", "targetValue", "0.7");
        pods(Map.of(), "a", "b", "c");
        for (int i = 0; i < 60; i++) {
            decided(other, of("deployments", "apps"), .7, 1);
            decided(TRIGGER, of("deployments", "apps"), .4, 1);
        }
        assertThat(patches).isEmpty();
    }

    /** The watch never shows the mark, so each ranking writes it. */
    @Test
    void anAnswerThatFlapsIsRankedEvery15SecondsAtMost() {
        pods(Map.of(), "a", "b", "c");
        for (int i = 0; i < 30; i++) {
            decided(of("deployments", "apps"), .4, 1);
            decided(of("deployments", "apps"), .7, 1);
        }
        assertThat(patches).hasSizeBetween(1, 5);
    }

    @Test
    void aFurtherStepIsRankedAtOnce() {
        pods(Map.of(), "a", "b", "c");
        decided(of("deployments", "apps"), .4, 1);
        pods(Map.of("a", "-1710000000"), "a", "b", "c");
        decided(of("deployments", "apps"), .2, 1);
        assertThat(patches).hasSize(2).last().asString().startsWith("b ");
    }

    @Test
    void nothingIsMarkedWhileKedaIsPausedOrAFormulaDecides() {
        Scaling scaling = Scaling.ofDefaults("llm");
        pods(Map.of(), "a", "b", "c");
        for (Scaling other : List.of(
                new Scaling(scaling.hpaName(), scaling.bounds(), true, Optional.empty()),
                new Scaling(
                        scaling.hpaName(),
                        scaling.bounds(),
                        false,
                        Optional.of(new Scaling.Pause(false, "paused-scale-in"))))) {
            ScaledObject plain = of("deployments", "apps");
            decided(
                    new ScaledObject(plain.id(), plain.uid(), plain.target(), 1, OptionalInt.empty(), other, List.of()),
                    .1,
                    60);
        }
        assertThat(patches).isEmpty();
    }

    @Test
    void podsOfAStatefulSetAreNotRanked() {
        pods(Map.of(), "a", "b", "c");
        decided(of("statefulsets", "apps"), .1, 20);
        decided(of("leaderworkersets", "leaderworkerset.x-k8s.io"), .1, 20);
        assertThat(patches).isEmpty();
    }

    @Test
    void withoutTheRightItIsSaidAndNotTriedAgainForAWhile() {
        answer = 403;
        pods(Map.of(), "a", "b", "c");
        decided(of("deployments", "apps"), .1, 500);
        assertThat(patches).hasSize(1);
        assertThat(events).containsExactly("PodsNotRanked");
    }

    @Test
    void anHourOfADropThatNobodyActsOnIsBounded() {
        pods(Map.of(), "a", "b", "c", "d", "e", "f", "g", "h");
        decided(of("deployments", "apps"), .1, 3600);
        // Nothing stands in the watch, so that each ranking writes again
        assertThat(patches).hasSizeLessThanOrEqualTo(7 * 3600 / 15 + 7).hasSizeLessThanOrEqualTo(60 * 61);
    }
}
