package io.nimscaler.app;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.nimscaler.config.ScalerSettings;
import io.nimscaler.demo.Demo;
import io.nimscaler.exposition.ReadLimits;
import io.nimscaler.history.DecisionRing;
import io.nimscaler.kubernetes.Confinement;
import io.nimscaler.kubernetes.ExporterWatch;
import io.nimscaler.kubernetes.KubernetesPods;
import io.nimscaler.scaler.GpuExporters;
import io.nimscaler.scaler.Pods;
import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.scaler.ScalerControl;
import io.nimscaler.scaler.Scalers;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerCheck;
import io.nimscaler.scaler.WakeSources;
import io.nimscaler.scrape.PodAuthSettings;
import io.nimscaler.scrape.PodAuths;
import io.nimscaler.scrape.ScrapeSettings;
import io.nimscaler.scrape.VertxScraper;
import io.nimscaler.telemetry.DecisionLog;
import io.nimscaler.telemetry.MeteredScraper;
import io.nimscaler.telemetry.Meters;
import io.nimscaler.telemetry.NoticeMeters;
import io.nimscaler.trigger.Trigger;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the core and gives it its adapters. Which pods there are comes from one place: the demo, else the settings, else
 * Kubernetes.
 */
@Startup
@Singleton
class Application {

    private static final long FORGET_MILLIS = 10_000;

    private final Vertx vertx;
    private final Context context;
    private final InstantSource clock = new MonotonicClock();
    private final DecisionLog log = new DecisionLog();
    private final Meters meters;
    private final NoticeMeters noticeMeters;
    private final DecisionRing history;
    private final Optional<Demo> demo;
    private final Map<ScaledObjectId, Trigger> staticTriggers;
    private final VertxScraper scraper;
    private final Optional<KubernetesPods> kubernetes;
    private final Optional<ExporterWatch> exporters;
    private final Scalers scalers;
    private final OwnerThread owner;

    Application(Vertx vertx, ScalerSettings settings, MeterRegistry registry, KubernetesClient client) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.meters = new Meters(registry);
        this.history = new DecisionRing(
                settings.history().length(), settings.history().maxMemory().asLongValue());
        this.demo = settings.demo().enabled() ? Optional.of(new Demo(vertx, clock)) : Optional.empty();
        WakeSources wakeSources = new WakeSources(
                WakeSettings.list(settings.wakeSources(), settings.pods().auth().keySet()));
        Optional<ExporterWatch.Where> gpuExporters = ExporterSettings.where(
                settings.gpuExporters(),
                settings.kubernetes().allowLocalAddresses(),
                settings.pods().auth().keySet());
        this.staticTriggers = StaticTargets.triggers(settings.staticTargets(), wakeSources.and(GpuExporters.none()));
        boolean watching = demo.isEmpty()
                && staticTriggers.isEmpty()
                && settings.kubernetes().enabled();
        this.exporters = gpuExporters.filter(_ -> watching).map(where -> new ExporterWatch(client, where, clock));
        GpuExporters onNodes = exporters.<GpuExporters>map(watch -> watch).orElseGet(GpuExporters::none);
        this.kubernetes = watching
                ? Optional.of(
                        new KubernetesPods(client, watched(settings.kubernetes(), wakeSources.and(onNodes)), clock))
                : Optional.empty();
        this.scraper = new VertxScraper(vertx, scrapeSettings(settings.scrape()), podAuths(vertx, settings.pods()));
        Pods pods = pods(settings);
        this.scalers = new Scalers(pods, new MeteredScraper(scraper, registry), wakeSources, onNodes, this::decided);
        this.noticeMeters = new NoticeMeters(registry, scalers::contact);
        this.owner = new OwnerThread(vertx, context, scalers, pods, clock);
    }

    private Pods pods(ScalerSettings settings) {
        return demo.<Pods>map(fleet -> fleet)
                .or(() -> kubernetes)
                .orElseGet(() -> new StaticPods(settings.staticTargets(), clock.instant()));
    }

    private static KubernetesPods.Watched watched(ScalerSettings.Kubernetes settings, TriggerCheck check) {
        return new KubernetesPods.Watched(
                settings.namespaces().orElse(List.of()),
                settings.serviceNames(),
                settings.scaleRefresh(),
                new Confinement(settings.allowHostNetwork(), settings.allowLocalAddresses()),
                check);
    }

    private static ScrapeSettings scrapeSettings(ScalerSettings.Scrape settings) {
        ReadLimits limits = ReadLimits.DEFAULT;
        int bodyBytes = Math.toIntExact(settings.maxBodySize().asLongValue());
        return new ScrapeSettings(
                settings.timeout(),
                settings.keepAlive(),
                new ReadLimits(bodyBytes, limits.lineBytes(), limits.labels(), limits.series()));
    }

    private static PodAuths podAuths(Vertx vertx, ScalerSettings.Pods settings) {
        List<PodAuthSettings> auths = settings.auth().entrySet().stream()
                .map(entry -> podAuth(entry.getKey(), entry.getValue()))
                .toList();
        return PodAuths.read(vertx, auths, settings.reloadPeriod());
    }

    private static PodAuthSettings podAuth(String name, ScalerSettings.PodAuth settings) {
        return new PodAuthSettings(
                name,
                Set.copyOf(settings.namespaces()),
                settings.ca(),
                settings.serverName(),
                settings.tokenFile(),
                settings.clientCertificate(),
                settings.clientKey(),
                settings.tokenOverHttp());
    }

    void start(@Observes StartupEvent event) {
        staticTriggers.forEach((id, trigger) -> owner.put(id, List.of(trigger), true));
        context.runOnContext(_ -> {
            demo.ifPresent(fleet -> fleet.start(scalers));
            vertx.setPeriodic(FORGET_MILLIS, _ -> forget());
        });
        exporters.ifPresent(ExporterWatch::start);
        kubernetes.ifPresent(watch -> watch.start(owner));
        owner.start();
    }

    void stop(@Observes ShutdownEvent event) {
        owner.stop();
        kubernetes.ifPresent(KubernetesPods::close);
        exporters.ifPresent(ExporterWatch::close);
        scraper.close();
    }

    private void decided(Snapshot snapshot) {
        history.add(snapshot);
        meters.update(snapshot);
        if (snapshot.shadow()) {
            return;
        }
        log.update(snapshot);
        kubernetes.ifPresent(watch -> watch.decided(snapshot));
    }

    /** What is kept of a trigger goes with the trigger. */
    private void forget() {
        List<Snapshot> present = scalers.snapshots();
        history.retain(present);
        meters.retain(present);
        log.retain(present);
        kubernetes.ifPresent(watch -> watch.retain(present));
        noticeMeters.update(scalers.scaledObjects(), scalers.notices());
    }

    @Produces
    @Singleton
    Scalers scalers() {
        return scalers;
    }

    @Produces
    @Singleton
    ScalerControl control() {
        return owner;
    }

    @Produces
    @Singleton
    DecisionRing history() {
        return history;
    }

    @Produces
    @Singleton
    InstantSource clock() {
        return clock;
    }
}
