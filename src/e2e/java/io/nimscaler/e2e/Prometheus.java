package io.nimscaler.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** The cluster's Prometheus, which scrapes fleets that ask for it, every 2 s. */
public final class Prometheus {

    private final String url = "http://" + System.getenv("E2E_PROMETHEUS");
    private final HttpClient http = HttpClient.newHttpClient();

    /** The story is skipped where this machine has none. */
    static Prometheus ofThisMachine() {
        Prometheus prometheus = new Prometheus();
        assumeTrue(prometheus.isThere(), "no prometheus answers at " + prometheus.url + ": is it installed?");
        return prometheus;
    }

    /** Where KEDA finds it. */
    public String url() {
        return url;
    }

    /** The value of an instant query; empty: no series, or several, or NaN. */
    public OptionalDouble query(String promql) {
        List<Double> values = values(promql);
        return values.size() == 1 && !values.getFirst().isNaN()
                ? OptionalDouble.of(values.getFirst())
                : OptionalDouble.empty();
    }

    /** Whether an instant query returns a number; NaN is none. */
    public boolean hasData(String promql) {
        return values(promql).stream().anyMatch(value -> !value.isNaN());
    }

    private List<Double> values(String promql) {
        HttpResponse<String> answer =
                get("/api/v1/query?query=" + URLEncoder.encode(promql, StandardCharsets.UTF_8));
        if (answer.statusCode() != 200) {
            throw new IllegalArgumentException(promql + ": " + answer.body());
        }
        List<Double> values = new ArrayList<>();
        Serialization.unmarshal(answer.body(), JsonNode.class)
                .at("/data/result")
                .forEach(series -> values.add(series.path("value").path(1).asDouble(Double.NaN)));
        return values;
    }

    private boolean isThere() {
        try {
            return get("/-/ready").statusCode() == 200;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private HttpResponse<String> get(String path) {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create(url + path))
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(url + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
