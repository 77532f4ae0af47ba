package io.nimscaler.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.nimscaler.policy.Fleet;
import io.nimscaler.policy.PodReading;
import io.nimscaler.policy.Policy;
import io.nimscaler.policy.Scale;
import io.nimscaler.policy.Unserved;
import io.nimscaler.poll.Problem;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.scaler.DrainCheck;
import io.nimscaler.scaler.PodState;
import io.nimscaler.scaler.PodStatus;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.Snapshots;
import io.nimscaler.signal.Admission;
import io.nimscaler.signal.Uneven;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import io.nimscaler.wake.Wake;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which Events reach the API server, and in a form that it takes. */
class ScaledObjectEventsTest {

    private static final ScaledObject SCALED_OBJECT = new ScaledObject(
            new ScaledObjectId("ns", "llm"), "uid-1", Optional.empty(), 1, OptionalInt.empty(), List.of());
    private static final Trigger TRIGGER = Triggers.with();

    private final List<Event> written = new CopyOnWriteArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private HttpServer server;
    private KubernetesClient client;
    private ScaledObjectEvents events;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/apis/events.k8s.io/v1/namespaces/ns/events", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            written.add(Serialization.unmarshal(new String(body), Event.class));
            exchange.getResponseHeaders().add("content-type", "application/json");
            exchange.sendResponseHeaders(201, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        client = Clients.of(server);
        events = new ScaledObjectEvents(client, Runnable::run, () -> now);
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    private void decided(Fleet fleet, PodStatus... pods) {
        events.decided(
                SCALED_OBJECT,
                new Snapshot(SCALED_OBJECT.id(), TRIGGER, new Policy(TRIGGER).decide(fleet, now), List.of(pods)));
    }

    private static Fleet known() {
        return new Fleet.Known(new Scale(1, 1), 1, List.of(new PodReading.Sampled(.5)));
    }

    private List<String> names() {
        return written.stream().map(event -> event.getMetadata().getName()).toList();
    }

    private List<String> reasons() {
        return written.stream().map(Event::getReason).toList();
    }

    @Test
    void eventHasTheFormThatTheApiServerTakes() {
        events.warn(SCALED_OBJECT, "TriggerRefused", "x".repeat(5000));
        Event event = written.getFirst();
        assertThat(event.getMetadata().getName()).matches("llm\\.triggerrefused(\\.[0-9a-f]+){2}");
        assertThat(event.getType()).isEqualTo("Warning");
        assertThat(event.getNote()).hasSizeLessThanOrEqualTo(1024);
        assertThat(event.getAction()).isNotEmpty();
        assertThat(event.getReportingController()).isEqualTo("keda-nim-scaler");
        assertThat(event.getReportingInstance()).isNotEmpty();
        assertThat(event.getEventTime().getTime()).isEqualTo("2026-01-01T00:00:00.000000Z");
        assertThat(event.getRegarding().getKind()).isEqualTo("ScaledObject");
        assertThat(event.getRegarding().getUid()).isEqualTo("uid-1");
    }

    @Test
    void refusedRequestsAreSaidOnceForAsLongAsTheyAre() {
        decided(refusing(0));
        for (int i = 0; i < 300; i++) {
            now = now.plusSeconds(1);
            decided(refusing(7));
        }
        assertThat(reasons()).containsExactly("RequestsRefused");
        assertThat(written.getFirst().getNote())
                .isEqualTo("7 of 17 requests refused for lack of capacity, so the load counts × 1.70");
    }

    private static Fleet uneven(double load) {
        return new Fleet.Known(
                new Scale(4, 4),
                4,
                List.of(
                        new PodReading.Sampled(1),
                        new PodReading.Sampled(1),
                        new PodReading.Sampled(.3),
                        new PodReading.Sampled(.3)),
                0,
                OptionalDouble.empty(),
                new Unserved(
                        OptionalDouble.empty(), Optional.empty(), Optional.empty(), Optional.of(new Uneven(2, load))));
    }

    /** With each new replica they are less full for a while. */
    @Test
    void slowPodsThatAreFullAreSaidOnceUntilTheyWereNotForAnHour() {
        // Fewer than 4 are enough for them
        decided(uneven(2.7));
        assertThat(reasons()).isEmpty();

        for (int i = 0; i < 300; i++) {
            now = now.plusSeconds(60);
            decided(uneven(i % 30 < 25 ? 2.8 : 2.7));
        }
        assertThat(reasons()).containsExactly("RequestsUneven");
        assertThat(written.getFirst().getNote()).startsWith("2 of 4 pods are full while the others have room");

        for (int i = 0; i < 61; i++) {
            now = now.plusSeconds(60);
            decided(known());
        }
        decided(uneven(2.8));
        assertThat(reasons()).containsExactly("RequestsUneven", "RequestsUneven");
    }

    @Test
    void drainThatIsTooShortIsSaidOnceUntilItWasLongEnoughForAnHour() {
        DrainCheck wrong = new DrainCheck(49, 2000, List.of(30L), 2, 0, 2);
        DrainCheck right = new DrainCheck(49, 2000, List.of(), 0, 0, 2);
        drains(right, 60);
        assertThat(reasons()).isEmpty();

        // To and fro, and not known in between
        for (int i = 0; i < 60; i++) {
            drains(wrong, 120);
            drains(right, 120);
            decided(new Fleet.NotKnown("the API server is away"));
        }
        assertThat(reasons()).containsExactly("DrainTooShort");
        assertThat(written.getFirst().getNote()).isEqualTo(wrong.text());

        drains(right, 3600);
        drains(wrong, 60);
        assertThat(reasons()).containsExactly("DrainTooShort", "DrainTooShort");
    }

    private void drains(DrainCheck found, int seconds) {
        for (int i = 0; i < seconds; i += 20) {
            now = now.plusSeconds(20);
            events.decided(
                    SCALED_OBJECT,
                    Snapshots.with(
                            found,
                            new Snapshot(
                                    SCALED_OBJECT.id(), TRIGGER, new Policy(TRIGGER).decide(known(), now), List.of())));
        }
    }

    private static Fleet refusing(double refused) {
        return new Fleet.Known(
                new Scale(1, 1),
                1,
                List.of(new PodReading.Sampled(.5)),
                0,
                OptionalDouble.empty(),
                new Unserved(OptionalDouble.empty(), Optional.of(new Admission(10, refused))));
    }

    @Test
    void noteOfAnyTextIsOneLineOfAsManyBytesAsTheApiServerTakes() {
        events.warn(SCALED_OBJECT, "TriggerRefused", "模".repeat(1000));
        now = now.plusSeconds(60);
        events.warn(SCALED_OBJECT, "TriggerRefused", "x\r\n\u001b[31m forged");

        assertThat(written.getFirst().getNote()).isEqualTo("模".repeat(340) + "…");
        assertThat(written.getFirst().getNote().getBytes(UTF_8)).hasSizeLessThanOrEqualTo(1024);
        assertThat(written.getLast().getNote()).isEqualTo("x???[31m forged");
    }

    @Test
    void replicasOfTheScalerWriteOneEventBetweenThem() {
        // Given another replica, whose note may differ and whose turn comes a little later
        ScaledObjectEvents replica = new ScaledObjectEvents(client, Runnable::run, () -> now.plusSeconds(3));

        // When both say something twice, and something else
        for (int minute = 0; minute < 2; minute++) {
            events.warn(SCALED_OBJECT, "PodsMissing", "cannot read 1");
            replica.warn(SCALED_OBJECT, "PodsMissing", "cannot read 1, 2");
            now = now.plusSeconds(60);
        }
        events.warn(SCALED_OBJECT, "TriggerRefused", "x");

        // Then the API server takes the first of each, for the others have its name
        assertThat(names()).hasSize(5);
        assertThat(names().get(0)).isEqualTo(names().get(1));
        assertThat(names().get(2)).isEqualTo(names().get(3));
        assertThat(Set.copyOf(names())).hasSize(3);
    }

    @Test
    void nameOfAnEventIsOneThatTheApiServerTakes() {
        String longest = "a".repeat(179) + "-" + "b".repeat(73);
        events.warn(
                new ScaledObject(
                        new ScaledObjectId("ns", longest),
                        "uid-1",
                        Optional.empty(),
                        1,
                        OptionalInt.empty(),
                        List.of()),
                "PodsStuckStarting",
                "x");
        assertThat(names().getFirst())
                .hasSizeLessThanOrEqualTo(253)
                .matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    }

    @Test
    void demandThatBecomesUnknownAndKnownAgainIsSaidOnce() {
        for (int i = 0; i < 20; i++) {
            decided(new Fleet.NotKnown("forbidden"));
            now = now.plusSeconds(1);
        }
        decided(known());
        assertThat(reasons()).containsExactly("DemandUnknown", "DemandKnown");
    }

    @Test
    void allScaledObjectsTogetherAreSaidNoMoreThanTheBoundInAMinute() {
        for (int i = 0; i < 500; i++) {
            events.warn(named("llm-" + i), "TriggerRefused", "wrong");
        }
        assertThat(written).hasSize(120);

        now = now.plusSeconds(60);
        events.warn(named("llm-499"), "TriggerRefused", "wrong");
        assertThat(written).hasSize(121);
    }

    private static ScaledObject named(String name) {
        return new ScaledObject(
                new ScaledObjectId("ns", name), "uid-1", Optional.empty(), 1, OptionalInt.empty(), List.of());
    }

    @Test
    void whatIsUnknownForAMomentAfterAStartIsNoNews() {
        decided(new Fleet.NotKnown("not read yet"));
        now = now.plusSeconds(2);
        decided(known());
        assertThat(written).isEmpty();
    }

    @Test
    void sameReasonIsSaidOnceAMinute() {
        for (int i = 0; i < 200; i++) {
            decided(i % 10 == 0 ? known() : new Fleet.NotKnown("forbidden"));
            now = now.plusSeconds(1);
        }
        assertThat(reasons().stream().filter("DemandUnknown"::equals)).hasSizeBetween(3, 4);
    }

    @Test
    void podThatCannotBeReadIsNamedWithItsProblem() {
        Fleet missing = new Fleet.Known(
                new Scale(1, 1), 1, List.of(new PodReading.Missing(OptionalDouble.empty(), Duration.ZERO)));
        PodStatus notAskedYet =
                new PodStatus("llm-0", Optional.of("10.0.0.1"), PodState.MISSING, Optional.empty(), Optional.empty());
        PodStatus refused = new PodStatus(
                "llm-0",
                Optional.of("10.0.0.1"),
                PodState.MISSING,
                Optional.empty(),
                Optional.of(new Problem(ScrapeFailure.CANNOT_CONNECT, "connection refused")));
        decided(missing, notAskedYet);
        assertThat(written).isEmpty();
        decided(missing, refused);
        assertThat(reasons()).containsExactly("PodsMissing");
        assertThat(written.getFirst().getNote()).isEqualTo("cannot read llm-0 (cannot_connect: connection refused)");
    }

    @Test
    void requestsThatWaitBelowTheTargetAreSaidOnceAndNotForAMoment() {
        for (int i = 0; i < 100; i++) {
            events.decided(
                    SCALED_OBJECT,
                    new Snapshot(SCALED_OBJECT.id(), TRIGGER, new Policy(TRIGGER).decide(known(), now), List.of())
                            .withUnseenLoad(OptionalDouble.of(i == 20 ? 0 : 294)));
            now = now.plusSeconds(1);
            assertThat(written).hasSize(i < 51 ? 0 : 1);
        }
        assertThat(reasons()).containsExactly("RequestsWaiting");
        assertThat(written.getFirst().getNote())
                .startsWith("294 requests wait although the pods are at 0.500 of 0.700 each")
                .endsWith("metric: serving_load counts them");
    }

    private void wakes(Wake wake) {
        events.decided(
                SCALED_OBJECT,
                new Snapshot(SCALED_OBJECT.id(), TRIGGER, new Policy(TRIGGER).decide(known(), now), List.of())
                        .withWake(Optional.of(wake)));
        now = now.plusSeconds(1);
    }

    @Test
    void wakeSourceThatBecomesUnknownAndKnownAgainIsSaidOnce() {
        Wake quiet = new Wake.Quiet("gateway", OptionalDouble.of(0));
        Wake unknown = new Wake.Unknown("gateway", "cannot_connect: connection refused");
        wakes(unknown);
        wakes(quiet);
        assertThat(written).isEmpty();
        for (int i = 0; i < 20; i++) {
            wakes(unknown);
        }
        wakes(quiet);
        wakes(quiet);
        assertThat(reasons()).containsExactly("WakeSourceUnknown", "WakeSourceKnown");
        assertThat(written.getFirst().getNote())
                .isEqualTo("wake source gateway is unknown: cannot_connect: connection refused");
    }

    @Test
    void wakeSourceIsUnknownThoughItsLastDemandStillKeepsAwake() {
        for (int i = 0; i < 20; i++) {
            wakes(new Wake.Demanded(
                    "gateway",
                    i < 10 ? OptionalDouble.of(1) : OptionalDouble.empty(),
                    Instant.parse("2026-01-01T00:00:00Z"),
                    Duration.ofMinutes(5)));
        }
        assertThat(reasons()).containsExactly("WakeSourceUnknown");
        assertThat(written.getFirst().getNote())
                .isEqualTo("wake source gateway: unknown now, last demand at 2026-01-01T00:00:00Z keeps awake for 5m");
    }

    @Test
    void apiServerThatRefusesTheEventIsNoTroubleOfOurs() {
        server.stop(0);
        events.warn(SCALED_OBJECT, "TriggerRefused", "x");
        assertThat(written).isEmpty();
    }
}
