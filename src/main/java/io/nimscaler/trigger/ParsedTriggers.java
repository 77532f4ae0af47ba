package io.nimscaler.trigger;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * {@link TriggerParser#parse} with a memory, because KEDA sends the same metadata again and again. Wrong metadata is not
 * remembered. Nor is metadata with keys of KEDA other than the address, because these may contain keys of certificates.
 * Thread-safe.
 */
public final class ParsedTriggers {

    /** Of each of two generations; as many ScaledObjects may there be, and mostly they say the same. */
    static final int MOST = 2_048;

    /** Of the metadata of each generation, so that it is the number which bounds them as a rule. */
    static final int MOST_CHARACTERS = 512 << 10;

    private static final String ADDRESS = "scalerAddress";

    private static final class Generation {
        private final Map<Map<String, String>, ParsedTrigger.Valid> parsed = new ConcurrentHashMap<>();
        private final AtomicInteger characters = new AtomicInteger();

        boolean isFull() {
            return parsed.size() >= MOST || characters.get() >= MOST_CHARACTERS;
        }

        void put(Map<String, String> metadata, ParsedTrigger.Valid valid) {
            if (parsed.put(metadata, valid) == null) {
                characters.addAndGet(charactersOf(metadata, valid));
            }
        }
    }

    /** A full generation becomes the old one; what is said again while it is old comes into the young one, and the rest goes. */
    private volatile Generation young = new Generation();

    private volatile Generation old = new Generation();

    /** What {@link TriggerParser#parse} says. */
    public ParsedTrigger parse(Map<String, String> metadata) {
        ParsedTrigger.@Nullable Valid known = young.parsed.get(metadata);
        if (known != null) {
            return known;
        }
        ParsedTrigger.@Nullable Valid before = old.parsed.get(metadata);
        ParsedTrigger parsed = before == null ? TriggerParser.parse(metadata) : before;
        if (parsed instanceof ParsedTrigger.Valid valid
                && metadata.keySet().stream().allMatch(ParsedTriggers::mayBeKept)) {
            keep(Map.copyOf(metadata), valid);
        }
        return parsed;
    }

    /** One generation may pass its bound by one: a message's metadata have 16 kB at most. */
    private synchronized void keep(Map<String, String> metadata, ParsedTrigger.Valid valid) {
        if (young.isFull()) {
            old = young;
            young = new Generation();
        }
        young.put(metadata, valid);
    }

    /** How many are remembered. */
    int size() {
        return young.parsed.size() + old.parsed.size();
    }

    private static boolean mayBeKept(String key) {
        String name = key.startsWith(ShadowMetadata.PREFIX) ? key.substring(ShadowMetadata.PREFIX.length()) : key;
        String plain = Grammar.withoutFromEnv(name);
        return plain.equals(ADDRESS) || TriggerKey.of(plain).isPresent();
    }

    private static int charactersOf(Map<String, String> metadata, ParsedTrigger.Valid valid) {
        return metadata.entrySet().stream()
                        .mapToInt(entry ->
                                entry.getKey().length() + entry.getValue().length())
                        .sum()
                + valid.warnings().stream().mapToInt(String::length).sum();
    }
}
