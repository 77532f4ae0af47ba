package io.nimscaler.telemetry;

import io.prometheus.client.Collector;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The gauges of one name, made when the metrics are read. Between two scrapes nothing is kept of them. Separate meters would
 * take a kilobyte each, some twenty times for each trigger.
 */
final class GaugeFamily extends Collector implements Collector.Describable {

    /** Takes the gauges of one scrape, one by one. */
    @FunctionalInterface
    interface Rows {

        /**
         * @param labels their values, in the order of the family's label names
         */
        void add(List<String> labels, double value);
    }

    private final String name;
    private final String description;
    private final List<String> labelNames;
    private final Consumer<Rows> rows;

    /**
     * @param name as it stands in the exposition
     * @param rows tells the gauges that there are; from any thread
     */
    GaugeFamily(String name, String description, List<String> labelNames, Consumer<Rows> rows) {
        this.name = name;
        this.description = description;
        this.labelNames = List.copyOf(labelNames);
        this.rows = rows;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        List<MetricFamilySamples.Sample> samples = new ArrayList<>();
        rows.accept((labels, value) ->
                samples.add(new MetricFamilySamples.Sample(name, labelNames, List.copyOf(labels), value)));
        return samples.isEmpty() ? List.of() : List.of(family(samples));
    }

    @Override
    public List<MetricFamilySamples> describe() {
        return List.of(family(List.of()));
    }

    private MetricFamilySamples family(List<MetricFamilySamples.Sample> samples) {
        return new MetricFamilySamples(name, Type.GAUGE, description, samples);
    }
}
