package io.nimscaler.exposition;

import java.util.Map;

/**
 * Identifies a series of a pod from scrape to scrape: 128 bits of its labels, whatever their order and length. If the labels
 * themselves were kept, a pod could choose how much memory they take.
 */
public record SeriesIdentity(long high, long low) {

    private static final long PRIME = 0x9E3779B97F4A7C15L;

    /** That of a series with these labels. Those of a {@link SampleLine} remember it. */
    public static SeriesIdentity of(Map<String, String> labels) {
        return labels instanceof WrittenLabels written ? written.identity() : made(labels);
    }

    static SeriesIdentity made(Map<String, String> labels) {
        long high = 0;
        long low = 0;
        for (var label : labels.entrySet()) {
            high += hash(label.getKey(), label.getValue(), 0x2545F4914F6CDD1DL);
            low += hash(label.getKey(), label.getValue(), 0xD6E8FEB86659FD93L);
        }
        return new SeriesIdentity(high, low);
    }

    private static long hash(String name, String value, long seed) {
        long hash = mix(seed, name.length());
        for (int i = 0; i < name.length(); i++) {
            hash = mix(hash, name.charAt(i));
        }
        for (int i = 0; i < value.length(); i++) {
            hash = mix(hash, value.charAt(i));
        }
        return mix(hash, value.length());
    }

    private static long mix(long hash, long next) {
        long mixed = (hash ^ next) * PRIME;
        return mixed ^ mixed >>> 29;
    }
}
