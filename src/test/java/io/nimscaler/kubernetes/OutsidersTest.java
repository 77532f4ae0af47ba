package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.nimscaler.policy.Decision;
import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Policy;
import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.Notice;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.window.TokenBucket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a scale target that does not follow: Events, and notices for the page, REST and the meters. */
class OutsidersTest {

    private static final ScaledObjectId ID = new ScaledObjectId("ns", "llm");
    private static final ScaledObject SCALED_OBJECT =
            new ScaledObject(ID, "uid-1", Optional.empty(), 1, OptionalInt.empty(), List.of());
    private static final Trigger TRIGGER = Triggers.with("smoothingUp", "0s", "smoothingDown", "0s");

    private static final int READS_AT_FIRST = 3;

    private final List<Event> written = new CopyOnWriteArrayList<>();
    private final Policy policy = new Policy(TRIGGER);
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private HttpServer server;
    private final ScaleReads reads = new ScaleReads(1, new TokenBucket(1, READS_AT_FIRST), Runnable::run);
    private final AtomicInteger hpasRead = new AtomicInteger();
    private KubernetesClient client;
    private Outsiders outsiders;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/apis/events.k8s.io/v1/namespaces/ns/events", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            written.add(Serialization.unmarshal(new String(body, StandardCharsets.UTF_8), Event.class));
            exchange.getResponseHeaders().add("content-type", "application/json");
            exchange.sendResponseHeaders(201, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        client = Clients.of("http://127.0.0.1:" + server.getAddress().getPort(), Clients::impatient);
        outsiders = new Outsiders(client, new ScaledObjectEvents(client, Runnable::run, () -> now));
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    private Snapshot live(int seconds, int replicas, double each) {
        Fleet fleet = new Fleet.Known(
                new Scale(replicas, replicas), replicas, Collections.nCopies(replicas, new PodReading.Sampled(each)));
        Snapshot snapshot = new Snapshot(ID, TRIGGER, policy.decide(fleet, now), List.of());
        for (int i = 0; i < seconds; i++) {
            now = now.plusSeconds(1);
            snapshot = new Snapshot(ID, TRIGGER, policy.decide(fleet, now), List.of());
            outsiders.decided(SCALED_OBJECT, snapshot);
            reads.begin(outsiders.readers(), now);
        }
        return snapshot;
    }

    private List<String> notices() {
        return outsiders.notices().stream().map(Notice::text).toList();
    }

    @Test
    void replicasThatAreTakenAwayAreSaidOnceAMinuteAndStayOnThePage() {
        live(70, 5, .69);
        assertThat(written).isEmpty();
        live(1, 1, 1);
        live(10, 5, .69);
        live(1, 1, 1);

        assertThat(written).extracting(Event::getReason).containsExactly("ReplicasTakenAway");
        assertThat(written.getFirst().getType()).isEqualTo("Warning");
        assertThat(written.getFirst().getNote())
                .startsWith("spec.replicas went from 5 to 1 although 5 were asked for; another writer changes");
        assertThat(notices()).singleElement().asString().contains("2 times");
    }

    private void hpa(int status, String conditions) {
        String body =
                "{\"apiVersion\":\"autoscaling/v2\",\"kind\":\"HorizontalPodAutoscaler\",\"metadata\":{\"name\":\"x\"},"
                        + "\"status\":{\"conditions\":[" + conditions + "]}}";
        server.createContext("/apis/autoscaling/v2/namespaces/ns/horizontalpodautoscalers/keda-hpa-llm", exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("content-type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | False | AmbiguousSelector | HPA keda-hpa-llm: ScalingActive is False, AmbiguousSelector: two HPAs",
                "200 | True  | ValidMetricFound  | kubectl -n ns describe hpa keda-hpa-llm says why",
                "403 | False | AmbiguousSelector | kubectl -n ns describe hpa keda-hpa-llm says why",
                "404 | False | AmbiguousSelector | HPA keda-hpa-llm: there is none"
            })
    void whatIsNotFollowedIsSaidWithTheHpasOwnWordsWhereTheyMayBeRead(
            int code, String active, String reason, String said) {
        hpa(
                code,
                "{\"type\":\"ScalingLimited\",\"status\":\"False\",\"reason\":\"DesiredWithinRange\",\"message\":\"fine\"},"
                        + "{\"type\":\"ScalingActive\",\"status\":\"" + active + "\",\"reason\":\"" + reason
                        + "\",\"message\":\"two HPAs\"}");
        live(200, 2, 1);
        assertThat(written).extracting(Event::getReason).containsExactly("NotFollowed");
        assertThat(written.getFirst().getNote())
                .isEqualTo("3 replicas are asked for, and spec.replicas has been 2 for 2m, below maxReplicaCount 100; "
                        + said);
        assertThat(notices()).singleElement().asString().endsWith(said);

        live(1, 3, .6);
        assertThat(notices()).isEmpty();
    }

    /** As where nobody serves metrics to any HPA. */
    @Test
    void hpasOfAllThatAreNotFollowedAtOnceAreReadAtARate() {
        server.createContext("/apis/autoscaling", exchange -> {
            hpasRead.incrementAndGet();
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        int all = 10;
        Fleet fleet = new Fleet.Known(new Scale(2, 2), 2, Collections.nCopies(2, new PodReading.Sampled(1)));
        for (int second = 0; second < 300 && written.isEmpty(); second++) {
            now = now.plusSeconds(1);
            Decision decision = policy.decide(fleet, now);
            for (int i = 0; i < all; i++) {
                ScaledObjectId id = new ScaledObjectId("ns", "llm-" + i);
                outsiders.decided(
                        new ScaledObject(id, "uid-" + i, Optional.empty(), 1, OptionalInt.empty(), List.of()),
                        new Snapshot(id, TRIGGER, decision, List.of()));
            }
            reads.begin(outsiders.readers(), now);
        }
        assertThat(hpasRead).hasValue(READS_AT_FIRST);

        for (int second = 0; second < all; second++) {
            now = now.plusSeconds(1);
            reads.begin(outsiders.readers(), now);
        }
        assertThat(hpasRead).hasValue(all);
        assertThat(written)
                .extracting(event -> event.getRegarding().getName())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, all).mapToObj(i -> "llm-" + i).toList());
    }

    @Test
    void whatIsKeptOfATriggerGoesWithIt() {
        live(70, 5, .69);
        Snapshot last = live(1, 1, 1);
        outsiders.retain(List.of(last));
        assertThat(notices()).hasSize(1);
        outsiders.retain(List.of());
        assertThat(notices()).isEmpty();
    }

    @Test
    void replicasOfAnotherScaleTargetAreNotCompared() {
        live(70, 5, .69);
        outsiders.forget(ID);
        live(1, 1, 1);
        assertThat(notices()).isEmpty();
    }
}
