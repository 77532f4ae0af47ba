package io.nimscaler.exposition;

import java.util.Map;

/**
 * What a body has, for people who look for a metric that it does not have.
 *
 * @param form what kind of text it is
 * @param names of the metrics that it has, with or without series; 2000 of 100 characters at most
 */
public record Contents(Form form, Map<String, MetricType> names) {

    /** The body was not looked over. */
    public static final Contents NOT_LOOKED_AT = new Contents(Form.NOT_LOOKED_AT, Map.of());

    public Contents {
        names = Map.copyOf(names);
    }

    /** What kind of text a body is, by its first bytes. */
    public enum Form {
        NOT_LOOKED_AT,
        /** Blanks and line ends at most. */
        EMPTY,
        HTML,
        JSON,
        GZIP,
        /** Nothing of the above: Prometheus text as a rule. */
        TEXT
    }
}
