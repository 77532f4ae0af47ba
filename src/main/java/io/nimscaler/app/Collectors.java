package io.nimscaler.app;

import io.prometheus.client.CollectorRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The registry behind {@code /q/metrics}. Without this class Quarkus makes another registry for each bean that asks for one. */
@Singleton
final class Collectors {

    @Produces
    @Singleton
    static CollectorRegistry registry() {
        return new CollectorRegistry();
    }
}
