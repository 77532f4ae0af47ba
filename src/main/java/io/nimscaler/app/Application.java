package io.nimscaler.app;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.nimscaler.demo.Demo;
import io.nimscaler.history.DecisionRing;
import io.nimscaler.history.KeptMinutes;
import io.nimscaler.history.Minute;
import io.nimscaler.history.Transitions;
import io.nimscaler.kubernetes.ExporterWatch;
import io.nimscaler.kubernetes.KubernetesPods;
import io.nimscaler.poll.GpuExporters;
import io.nimscaler.scaler.Pods;
import io.nimscaler.scaler.ReplicaBounds;
import io.nimscaler.scaler.ScalerControl;
import io.nimscaler.scaler.Scalers;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerByCall;
import io.nimscaler.scrape.VertxScraper;
import io.nimscaler.settings.Settings;
import io.nimscaler.storage.MinuteFiles;
import io.nimscaler.telemetry.BuildMeters;
import io.nimscaler.telemetry.CertificateMeters;
import io.nimscaler.telemetry.DecisionLog;
import io.nimscaler.telemetry.HistoryMeters;
import io.nimscaler.telemetry.MeteredScraper;
import io.nimscaler.telemetry.NoticeMeters;
import io.nimscaler.telemetry.TriggerMeters;
import io.nimscaler.trigger.TriggerCheck;
import io.nimscaler.wake.WakeSources;
import io.prometheus.client.CollectorRegistry;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Makes the core and gives it its adapters. The pods come from one place: the demo, or the settings, or Kubernetes. */
@Startup
@Singleton
class Application {

    private static final Logger LOG = Logger.getLogger(Application.class);
    private static final long FORGET_MILLIS = 10_000;
    private static final long LAST_MINUTE_MILLIS = 500;

    /** Of a ScaledObject's bounds in the history. */
    private static final int MOST_REPLICAS = 1_000_000;

    private final Vertx vertx;
    private final Context context;
    private final InstantSource clock = new MonotonicClock();
    private final DecisionLog log = new DecisionLog();
    private final DecisionRing history;
    private final Transitions transitions = new Transitions();
    private final MinuteKeeping minutes = new MinuteKeeping();
    private final Optional<MinuteFiles> minuteFiles;
    private final Optional<Demo> demo;
    private final List<Settings.StaticTarget> staticTargets;
    private final VertxScraper scraper;
    private final Optional<KubernetesPods> kubernetes;
    private final Optional<ExporterWatch> exporters;
    private final Scalers scalers;
    private final OwnerThread owner;

    Application(
            Settings settings,
            MeterRegistry registry,
            CollectorRegistry collectors,
            KubernetesClient client,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.vertx = OwnerThread.eventLoop();
        this.context = vertx.getOrCreateContext();
        this.history =
                new DecisionRing(settings.history().length(), settings.history().maxBytes());
        this.minuteFiles = settings.history()
                .keeping()
                .map(keeping -> new MinuteFiles(keeping.directory(), keeping.bounds(), clock));
        HistoryMeters.show(registry, keptMinutes());
        this.demo = settings.demo() ? Optional.of(new Demo(vertx, clock)) : Optional.empty();
        this.staticTargets = settings.staticTargets();
        WakeSources wakeSources = new WakeSources(settings.wakeSources());
        boolean watching = demo.isEmpty()
                && staticTargets.isEmpty()
                && settings.kubernetes().enabled();
        this.exporters = settings.gpuExporters()
                .filter(_ -> watching)
                .map(where ->
                        new ExporterWatch(client, where, settings.kubernetes().scaleRefresh(), clock));
        GpuExporters onNodes = exporters.<GpuExporters>map(watch -> watch).orElseGet(GpuExporters::none);
        this.kubernetes = watching
                ? Optional.of(
                        new KubernetesPods(client, watched(settings.kubernetes(), wakeSources.and(onNodes)), clock))
                : Optional.empty();
        this.scraper = new VertxScraper(vertx, settings.scrape(), settings.podAuths());
        Pods pods = pods();
        this.scalers = new Scalers(
                pods,
                new MeteredScraper(scraper, registry),
                wakeSources,
                onNodes,
                this::decided,
                minuteFiles.isPresent());
        this.owner = new OwnerThread(vertx, context, scalers, pods, clock);
        TriggerMeters.show(collectors, scalers::snapshots, scalers::bounds);
        NoticeMeters.show(collectors, scalers::scaledObjects, scalers::notices, scalers::contact);
        CertificateMeters.show(registry, settings.expiries());
        BuildMeters.show(registry, version);
    }

    private Pods pods() {
        return demo.<Pods>map(fleet -> fleet)
                .or(() -> kubernetes)
                .orElseGet(() -> new StaticPods(staticTargets, clock.instant()));
    }

    private static KubernetesPods.Watched watched(Settings.Watching settings, TriggerCheck check) {
        return new KubernetesPods.Watched(
                settings.namespaces(), settings.serviceNames(), settings.scaleRefresh(), settings.confinement(), check);
    }

    void start(@Observes StartupEvent event) {
        staticTargets.forEach(target -> {
            target.warnings()
                    .forEach(warning -> LOG.warnf(
                            "nim-scaler.static-targets.%s.metadata: %s",
                            target.scaledObject().name(), warning));
            owner.put(
                    target.scaledObject(),
                    List.of(target.trigger()),
                    target.trigger()
                            .metricType()
                            .map(type -> Set.of(TriggerByCall.any(type)))
                            .orElse(Set.of()));
        });
        context.runOnContext(_ -> {
            demo.ifPresent(fleet -> fleet.start(scalers));
            vertx.setPeriodic(FORGET_MILLIS, _ -> forget());
        });
        minuteFiles.ifPresent(MinuteFiles::start);
        exporters.ifPresent(ExporterWatch::start);
        kubernetes.ifPresent(watch -> watch.start(owner));
        owner.start();
    }

    void stop(@Observes ShutdownEvent event) {
        owner.stop();
        kubernetes.ifPresent(KubernetesPods::close);
        exporters.ifPresent(ExporterWatch::close);
        scraper.close();
        minuteFiles.ifPresent(this::endMinutes);
        vertx.close();
    }

    /** What there is of the present minute is kept, too. */
    private void endMinutes(MinuteFiles files) {
        CountDownLatch handedOver = new CountDownLatch(1);
        context.runOnContext(_ -> {
            minutes.end().forEach(files::keep);
            handedOver.countDown();
        });
        try {
            if (!handedOver.await(LAST_MINUTE_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.debug("the last minute before the stop is not kept: the event loop is busy");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        files.close();
    }

    private void decided(Snapshot snapshot) {
        Optional<ReplicaBounds> bounds = scalers.bounds(snapshot.scaledObject());
        history.add(snapshot, bounds);
        minuteFiles.ifPresent(files -> minutes.take(snapshot, bounds.map(Application::limits), files::keep));
        if (snapshot.shadow()) {
            return;
        }
        transitions.add(snapshot, bounds);
        log.update(snapshot);
        kubernetes.ifPresent(watch -> watch.decided(snapshot));
    }

    /** As they are written; the API server takes any number for them. */
    private static Minute.Limits limits(ReplicaBounds bounds) {
        return new Minute.Limits(
                Math.clamp(bounds.least(), 0, MOST_REPLICAS), Math.clamp(bounds.most(), 0, MOST_REPLICAS));
    }

    /** What is kept of a trigger goes with the trigger; not what is kept on the disk. */
    private void forget() {
        List<Snapshot> present = scalers.snapshots();
        history.retain(present);
        minuteFiles.ifPresent(files -> minutes.retain(present).forEach(files::keep));
        transitions.retain(present);
        log.retain(present);
        kubernetes.ifPresent(watch -> watch.retain(present));
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
    Transitions transitions() {
        return transitions;
    }

    @Produces
    @Singleton
    KeptMinutes keptMinutes() {
        return minuteFiles.<KeptMinutes>map(files -> files).orElseGet(KeptMinutes::none);
    }

    @Produces
    @Singleton
    InstantSource clock() {
        return clock;
    }
}
