package io.nimscaler.telemetry;

import io.nimscaler.scaler.Decisions;
import io.nimscaler.scaler.ScalerControl;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** What the probes see. Pods that do not answer make this process neither dead nor unready. */
@Singleton
class ScalerHealth {

    /** A scale target that cannot be decided on must not keep a replica out of service without end. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Decisions decisions;
    private final ScalerControl control;
    private final InstantSource clock;
    private final Instant start;

    ScalerHealth(Decisions decisions, ScalerControl control, InstantSource clock) {
        this.decisions = decisions;
        this.control = control;
        this.clock = clock;
        this.start = clock.instant();
    }

    /** Ready when each known trigger has had a decision, or 30 s have passed. */
    @Produces
    @Readiness
    HealthCheck decided() {
        return () -> HealthCheckResponse.named("each known trigger has had a decision")
                .status(decisions.allHaveDecided() || clock.instant().isAfter(start.plus(PATIENCE)))
                .withData("scaledObjects", decisions.scaledObjects().size())
                .withData("apiServer", decisions.contact().label())
                .build();
    }

    /** Live while the thread that decides has not hung. */
    @Produces
    @Liveness
    HealthCheck deciding() {
        return () ->
                HealthCheckResponse.named("deciding").status(control.isAlive()).build();
    }

    @Produces
    @Startup
    HealthCheck started() {
        return () -> HealthCheckResponse.up("started");
    }
}
