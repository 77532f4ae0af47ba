package io.nimscaler.app;

import io.prometheus.client.CollectorRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** What {@code /q/metrics} shows; without this one Quarkus gives each who asks for it another. */
@Singleton
final class Collectors {

    @Produces
    @Singleton
    static CollectorRegistry registry() {
        return new CollectorRegistry();
    }
}
