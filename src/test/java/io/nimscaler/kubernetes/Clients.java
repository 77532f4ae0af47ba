package io.nimscaler.kubernetes;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.function.UnaryOperator;

/** Clients of a test's own API server, which ask once. */
final class Clients {

    private Clients() {}

    static KubernetesClient of(HttpServer server) {
        return of("http://127.0.0.1:" + server.getAddress().getPort(), config -> config);
    }

    static KubernetesClient of(String url, UnaryOperator<ConfigBuilder> more) {
        return new KubernetesClientBuilder()
                .withConfig(more.apply(new ConfigBuilder().withMasterUrl(url).withRequestRetryBackoffLimit(0))
                        .build())
                .build();
    }

    /** Where the server may never answer. */
    static ConfigBuilder impatient(ConfigBuilder config) {
        return config.withConnectionTimeout(2000).withRequestTimeout(2000);
    }
}
