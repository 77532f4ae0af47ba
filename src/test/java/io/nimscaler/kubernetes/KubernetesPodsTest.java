package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nimscaler.policy.Scale;
import io.nimscaler.scaler.Contact;
import io.nimscaler.scaler.Observation;
import io.nimscaler.scaler.Pod;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.ScalerControl;
import io.nimscaler.scaler.TriggerByCall;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.WrittenMetadata;
import io.nimscaler.wake.WakeSources;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said of a fleet while the API server fails, with the clock in the test's hand. */
class KubernetesPodsTest {

    private static final ScaledObjectId ID = new ScaledObjectId("ns", "llm");
    private static final Duration REFRESH = Duration.ofSeconds(30);
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** For so many pods. */
    private static final int ROOM = 6;

    private final FakeApiServer api = new FakeApiServer();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final Control control = new Control();
    private final KubernetesClient client =
            Clients.of(api.url(), config -> Clients.impatient(config).withWatchReconnectInterval(50));
    private final KubernetesPods pods = new KubernetesPods(
            client,
            new KubernetesPods.Watched(
                    List.of("ns"),
                    List.of("keda-nim-scaler"),
                    REFRESH,
                    new Confinement(false, false),
                    WakeSources.none()),
            now::get,
            new PodRoom(ROOM));

    /** Remembers what it was told last. */
    private static final class Control implements ScalerControl {

        private final Map<ScaledObjectId, Collection<Trigger>> triggers = new ConcurrentHashMap<>();
        private final AtomicInteger refreshes = new AtomicInteger();
        private volatile long keptOfPods;

        @Override
        public void put(ScaledObjectId id, Collection<Trigger> all, Set<TriggerByCall> byCall) {
            triggers.put(id, List.copyOf(all));
        }

        @Override
        public void remove(ScaledObjectId id) {
            triggers.remove(id);
        }

        @Override
        public void adopt(ScaledObjectId id, Trigger trigger, WrittenMetadata written) {
            throw new UnsupportedOperationException("no call is made here");
        }

        @Override
        public long keptOfPods(ScaledObjectId id) {
            refreshes.incrementAndGet();
            return keptOfPods;
        }

        @Override
        public boolean isAlive() {
            return true;
        }
    }

    @BeforeEach
    void twoPodsAreSeen() {
        api.scaledObject();
        api.scale(2, 2, "app=llm");
        api.pod("a", "llm");
        api.pod("b", "llm");
        pods.start(control);
        awaitPods("a", "b");
        await().until(() -> api.watches() == 2);
    }

    @AfterEach
    void stop() {
        pods.close();
        client.close();
        api.close();
    }

    private void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    /**
     * A refresh notices what the watches have told, and counts it as a sign of life of that moment. If the refresh ran only after a
     * step of the clock, the watches would count as alive at the end of the step. So one whole refresh comes first. Each refresh
     * counts the pods once, so the first has ended when the second counts. The clock goes on by one second.
     */
    private void podIsToldAndARefreshNoticesIt() {
        api.pod("c", "llm");
        awaitPods("a", "b", "c");
        for (int i = 0; i < 2; i++) {
            int before = control.refreshes.get();
            pass(SECOND.dividedBy(2));
            await().until(() -> control.refreshes.get() > before);
        }
    }

    private Observation observed() {
        return pods.observe(ID, Optional.empty());
    }

    private void awaitPods(String... names) {
        await().untilAsserted(() -> assertPods(names));
    }

    private void assertPods(String... names) {
        assertThat(observed()).isInstanceOf(Observation.Known.class);
        assertThat(((Observation.Known) observed()).pods())
                .extracting(Pod::name)
                .containsExactlyInAnyOrder(names);
    }

    /** Now and then a client does not make a broken watch anew. Then another one is opened, a minute later by this clock. */
    private void awaitWhileTimePasses(ThrowingRunnable assertion) {
        await().untilAsserted(() -> {
            pass(SECOND);
            assertion.run();
        });
    }

    private void awaitUnknown(String why) {
        await().untilAsserted(() -> {
            assertThat(observed()).isInstanceOf(Observation.NotKnown.class);
            assertThat(((Observation.NotKnown) observed()).reason()).contains(why);
        });
    }

    private void awaitRest() {
        for (int i = 0; i < ROOM; i++) {
            api.pod("more-" + i, "llm");
        }
        await().untilAsserted(() -> {
            pass(SECOND);
            assertThat(observed())
                    .isEqualTo(new Observation.NoRoom(
                            "expected at most 6 pods of all ScaledObjects with this memory limit; this one has 8, the most"
                                    + " in the namespace with the most pods"));
        });
        await().until(() -> api.watches() == 1);
    }

    @Test
    void fleetThatThereIsNoRoomForIsLookedAtAgainAtOnceWhenItIsEdited() {
        awaitRest();
        for (int i = 0; i < ROOM; i++) {
            api.podIsGone("more-" + i);
        }
        api.scaledObject("downscaleStabilizationWindow", "1m");
        awaitPods("a", "b");
    }

    @Test
    void fleetThatThereIsNoRoomForIsLookedAtAgainWithTheNextReadWhenItsSelectorIsEdited() {
        awaitRest();
        api.pod("c", "llm-2");
        api.scale(1, 1, "app=llm-2");
        pass(REFRESH);
        awaitPods("c");
    }

    /** Two pods, of which much is remembered. */
    @Test
    void fleetIsWeighedByWhatIsRememberedOfItsPods() {
        control.keptOfPods = 217_000;
        await().untilAsserted(() -> {
            pass(SECOND);
            assertThat(observed())
                    .isEqualTo(
                            new Observation.NoRoom(
                                    "expected at most 6 pods of all ScaledObjects with this memory limit; this one has 2, which"
                                            + " take as much as 17 with one gauge, the most in the namespace with the most pods"));
        });
    }

    @Test
    void fleetThatThereIsNoRoomForIsUnknownAndLookedAtAgain() {
        awaitRest();

        for (int i = 0; i < ROOM; i++) {
            api.podIsGone("more-" + i);
        }
        pass(Duration.ofMinutes(5));
        await().until(() -> api.watches() == 2);
        pass(SECOND);
        awaitPods("a", "b");
    }

    @Test
    void pauseIsSaidAsLongAsItLasts() {
        api.annotatedScaledObject("autoscaling.keda.sh/paused-replicas", "2");
        await().untilAsserted(() -> assertThat(pods.notices()).singleElement().satisfies(notice -> {
            assertThat(notice.isPause()).isTrue();
            assertThat(notice.isRefusal()).isFalse();
            assertThat(notice.text()).startsWith("KEDA is paused at 2 replicas by the annotation");
        }));

        api.scaledObject();
        await().untilAsserted(() -> assertThat(pods.notices()).isEmpty());
    }

    @Test
    void refusedTriggerIsSaidAsLongAsItIsThere() {
        // Given
        assertThat(pods.notices()).isEmpty();

        // When
        api.scaledObject("targetVaule", "1");
        await().untilAsserted(() -> assertThat(pods.notices()).singleElement().satisfies(notice -> {
            assertThat(notice.isRefusal()).isTrue();
            assertThat(notice.scaledObject()).isEqualTo(ID);
            assertThat(notice.where()).isEqualTo("triggers[0]");
            assertThat(notice.text()).contains("targetVaule", "did you mean targetValue?");
        }));

        // Then
        api.scaledObject();
        await().untilAsserted(() -> assertThat(pods.notices()).isEmpty());
        api.scaledObject("targetVaule", "1");
        await().untilAsserted(() -> assertThat(pods.notices()).hasSize(1));
        api.scaledObjectIsGone();
        await().untilAsserted(() -> assertThat(pods.notices()).isEmpty());
    }

    @Test
    void warningIsOfItsTrigger() {
        api.scaledObject("targetValue", "0.95");
        await().untilAsserted(() -> assertThat(pods.notices()).singleElement().satisfies(notice -> {
            assertThat(notice.isRefusal()).isFalse();
            assertThat(notice.reason()).isEqualTo("TriggerQuestionable");
            assertThat(notice.trigger())
                    .isEqualTo(control.triggers.getOrDefault(ID, List.of()).stream()
                            .findFirst());
        }));
    }

    @Test
    void apiServerThatIsAwayIsSaidSinceWhenAndWhyUntilItIsBack() {
        await().untilAsserted(() -> assertThat(pods.contact()).isEqualTo(new Contact.Watching()));
        Instant last = now.get();
        api.goesAway();
        await().until(() -> {
            pass(Duration.ofSeconds(10));
            return pods.contact() instanceof Contact.Away;
        });
        await().untilAsserted(() -> {
            pass(Duration.ofSeconds(10));
            assertThat(pods.contact()).isInstanceOfSatisfying(Contact.Away.class, away -> {
                assertThat(away.since()).isBetween(last, now.get());
                assertThat(away.reason()).containsIgnoringCase("connection");
            });
        });
        api.comesBack();
        awaitWhileTimePasses(() -> assertThat(pods.contact()).isEqualTo(new Contact.Watching()));
    }

    @Test
    void scaledObjectsThatMayNotBeReadAreSaidNotToBeAllowed() {
        api.forbids("/scaledobjects");
        api.breaksWatches();
        await().untilAsserted(() -> {
            pass(Duration.ofSeconds(10));
            assertThat(pods.contact())
                    .isInstanceOfSatisfying(
                            Contact.Away.class,
                            away -> assertThat(away.reason()).startsWith("not allowed to list ScaledObjects"));
        });
    }

    @Test
    void podsThatCameWhileTheWatchWasBrokenAreSeen() {
        api.goesAway();
        api.podIsGone("a");
        api.pod("c", "llm");
        api.comesBack();
        awaitWhileTimePasses(() -> assertPods("b", "c"));
    }

    @Test
    void whatTheApiServerHasForgottenIsListedAnew() {
        api.goesAway();
        api.podIsGone("a");
        api.pod("c", "llm");
        api.forgets();
        api.comesBack();
        awaitWhileTimePasses(() -> assertPods("b", "c"));
        api.pod("d", "llm");
        awaitPods("b", "c", "d");
    }

    @Test
    void scaledObjectThatWentWhileItsWatchWasBrokenIsForgotten() {
        assertThat(control.triggers).containsKey(ID);
        api.goesAway();
        api.scaledObjectIsGone();
        api.forgets();
        api.comesBack();
        awaitWhileTimePasses(() -> assertThat(control.triggers).isEmpty());
        assertThat(observed()).isInstanceOf(Observation.Absent.class);
    }

    @Test
    void apiServerThatIsAwayForTenMinutesIsBridgedForThreeReadsAndThenUnknown() {
        api.goesAway();
        pass(REFRESH.multipliedBy(2));
        await().during(Duration.ofMillis(700)).until(() -> observed() instanceof Observation.Known);
        pass(Duration.ofMinutes(8));
        awaitUnknown("cannot read /scale");

        api.podIsGone("a");
        api.pod("c", "llm");
        api.pod("d", "llm");
        api.scale(3, 3, "app=llm");
        api.comesBack();
        awaitWhileTimePasses(() -> assertThat(observed()).isInstanceOf(Observation.Known.class));
        awaitPods("b", "c", "d");
        assertThat(((Observation.Known) observed()).scale()).isEqualTo(new Scale(3, 3));
    }

    @Test
    void rightsThatAreTakenAwayMakeItUnknownWhenSeenTwiceAndGivenBackKnown() {
        api.forbids("/scale", "/pods", "/scaledobjects");
        pass(REFRESH);
        awaitScaleReads(2);
        await().during(Duration.ofMillis(400)).until(() -> observed() instanceof Observation.Known);
        awaitUnknownWhileTimePasses("not allowed to get /scale of deployments.apps ns/llm");
        api.allowsAll();
        pass(SECOND.multipliedBy(2));
        awaitPods("a", "b");
    }

    /** API servers refuse for a moment while their caches of roles fill. */
    @Test
    void oneRefusalAndOneFailureOfAReadAreMadeGoodWithinASecond() {
        api.forbids("/scale");
        pass(REFRESH);
        awaitScaleReads(2);
        api.allowsAll();
        api.scale(7, 7, "app=llm");
        pass(SECOND);
        await().untilAsserted(() -> assertThat(observed())
                .isInstanceOfSatisfying(
                        Observation.Known.class,
                        known -> assertThat(known.scale()).isEqualTo(new Scale(7, 7))));
    }

    /** Nobody has to come by for that: not even a refresher that is still alive. */
    @Test
    void scaleThatHangsIsBelievedForThreeIntervalsAndNotAMomentLonger() {
        api.scaleHangs(true);
        pass(REFRESH.multipliedBy(3));
        assertThat(observed()).isInstanceOf(Observation.Known.class);
        pass(Duration.ofMillis(1));
        assertThat(observed()).isInstanceOf(Observation.NotKnown.class);

        api.scaleHangs(false);
        pass(SECOND);
        awaitPods("a", "b");
    }

    @Test
    void observationEndsThoughNobodyRefreshesItAnyMore() {
        pods.close();
        pass(REFRESH.multipliedBy(3).plusMillis(1));
        assertThat(observed()).isInstanceOf(Observation.NotKnown.class);
    }

    @Test
    void refresherThatHangsMakesTheProcessNotAlive() {
        assertThat(pods.isAlive()).isTrue();
        pods.close();
        pass(Duration.ofMinutes(2));
        assertThat(pods.isAlive()).isFalse();
    }

    @Test
    void annotationsOnPodsReadNothing() {
        pass(SECOND);
        awaitScaleReads(2);
        int reads = api.scaleReads();
        for (int i = 0; i < 50; i++) {
            api.annotates("a", "value " + i);
            pass(SECOND.dividedBy(10));
        }
        api.podIsGone("a");
        awaitPods("b");
        pass(SECOND);
        awaitScaleReads(reads + 1);
        assertThat(api.scaleReads()).isEqualTo(reads + 1);
    }

    @Test
    void podsThatComeAndGoReadScaleOnceASecondAtMost() {
        pass(SECOND);
        awaitScaleReads(2);
        int reads = api.scaleReads();
        for (int i = 0; i < 20; i++) {
            api.pod("more-" + i, "llm");
            api.podIsGone("more-" + i);
        }
        api.pod("last", "llm");
        awaitPods("a", "b", "last");
        await().during(Duration.ofMillis(600)).until(() -> api.scaleReads() <= reads + 1);
        pass(SECOND);
        await().during(Duration.ofMillis(600)).until(() -> api.scaleReads() <= reads + 2);
    }

    @Test
    void watchThatItsClientDoesNotMakeAnewIsMadeAnew() {
        // Given
        pods.close();
        await().until(() -> api.watches() == 0);
        try (KubernetesClient slow = Clients.of(
                        api.url(), config -> Clients.impatient(config).withWatchReconnectInterval(3_600_000));
                KubernetesPods others = new KubernetesPods(
                        slow,
                        new KubernetesPods.Watched(
                                List.of("ns"),
                                List.of("keda-nim-scaler"),
                                REFRESH,
                                new Confinement(false, false),
                                WakeSources.none()),
                        now::get)) {
            others.start(control);
            await().until(() -> api.watches() == 2);

            // When
            api.breaksWatches();
            await().during(Duration.ofMillis(600)).until(() -> api.watches() == 0);
            pass(Duration.ofSeconds(61));

            // Then: the client may notice the break only after the step, and the minute counts from then
            awaitWhileTimePasses(() -> assertThat(api.watches()).isEqualTo(2));
        }
    }

    @Test
    void watchesThatTheOtherSideHasForgottenAreOpenedAnewWithin90Seconds() {
        // Given: what both watches told was noticed before the time that counts begins
        api.scaledObject("downscaleStabilizationWindow", "2m");
        awaitDownscaleWindow(Duration.ofMinutes(2));
        podIsToldAndARefreshNoticesIt();

        // When
        api.forgetsItsWatches();
        api.podIsGone("a");
        api.pod("d", "llm");
        api.scaledObject("downscaleStabilizationWindow", "1m");
        pass(Duration.ofSeconds(76));

        // Then
        awaitPods("b", "c", "d");
        awaitDownscaleWindow(Duration.ofMinutes(1));

        api.forgetsItsWatches();
        api.scaledObjectIsGone();
        await().until(() -> {
            pass(Duration.ofSeconds(5));
            return control.triggers.isEmpty();
        });
    }

    private void awaitDownscaleWindow(Duration window) {
        await().untilAsserted(() -> assertThat(control.triggers.get(ID))
                .extracting(trigger -> trigger.stabilization().window().down())
                .containsExactly(window));
    }

    @Test
    void watchThatTheOtherSideHasForgottenAndThatCannotBeOpenedAnewIsUnknown() {
        // Given
        podIsToldAndARefreshNoticesIt();

        // When
        api.forgetsItsWatches();
        api.forbids("/pods");

        // Then
        pass(Duration.ofSeconds(76));
        await().during(Duration.ofMillis(400)).until(() -> observed() instanceof Observation.Known);
        pass(Duration.ofSeconds(15));
        awaitUnknown("has shown no sign of life for 90 s (not allowed: bind a role");
    }

    /** A read may fail once more for other reasons, and is then repeated a little later; far from when what was known expires. */
    private void awaitUnknownWhileTimePasses(String why) {
        await().untilAsserted(() -> {
            pass(SECOND.dividedBy(10));
            assertThat(observed())
                    .isInstanceOfSatisfying(
                            Observation.NotKnown.class,
                            unknown -> assertThat(unknown.reason()).contains(why));
        });
    }

    private void awaitScaleReads(int number) {
        await().until(() -> api.scaleReads() >= number);
    }

    @Test
    void podsThatMayNotBeWatchedAnyMoreAreUnknownThoughScaleIsKnown() {
        api.forbids("/pods");
        api.breaksWatches();
        // A client that was refused twice has noticed the break; until then its watch counts as whole
        await().until(() -> api.refusals() >= 2);
        // A watch is made anew now and then; what it showed holds as long as what /scale says
        pass(Duration.ofMinutes(1));
        await().during(Duration.ofMillis(700)).until(() -> observed() instanceof Observation.Known);
        pass(Duration.ofMinutes(1));
        awaitUnknown("the watch of its pods is broken");

        api.podIsGone("a");
        api.allowsAll();
        awaitPods("b");
    }

    @Test
    void scaleTargetThatIsDeletedIsUnknownAndMadeAgainHasItsOwnPods() {
        api.scaleTargetIsGone();
        api.podIsGone("a");
        api.podIsGone("b");
        pass(REFRESH);
        awaitScaleReads(2);
        awaitUnknownWhileTimePasses("no such scale target");

        api.scale(1, 1, "app=llm-2");
        api.pod("other", "llm");
        api.pod("c", "llm-2");
        pass(REFRESH);
        awaitPods("c");
    }

    @Test
    void podsThatAreReplacedInARolloutAreOthers() {
        api.pod("c", "llm");
        api.podIsGone("a");
        api.podIsGone("b");
        awaitPods("c");
        assertThat(((Observation.Known) observed()).pods()).extracting(Pod::uid).containsExactly("uid-c");
    }

    @Test
    void editedTriggerIsTheOnlyOneThatIsLeft() {
        api.scaledObject("downscaleStabilizationWindow", "1m");
        await().untilAsserted(() -> assertThat(control.triggers.get(ID))
                .extracting(trigger -> trigger.stabilization().window().down())
                .containsExactly(Duration.ofMinutes(1)));
    }
}
