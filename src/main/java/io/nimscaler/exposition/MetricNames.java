package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which metric names to keep: exact names, or any.
 *
 * <p>Almost every line of a body is about something else, so {@link #mayBegin} turns most lines away by their first eight
 * bytes; only what passes is looked at by {@link LineParser}.
 */
public final class MetricNames {
    private static final MetricNames ANY = new MetricNames(List.of(), true);

    private final boolean any;
    private final List<String> names;
    private final byte[][] encoded;
    private final long[] heads;
    private final long[] headMasks;
    private final boolean[] firstBytes = new boolean[256];

    private MetricNames(Collection<String> wanted, boolean any) {
        this.any = any;
        names = List.copyOf(new LinkedHashSet<>(wanted));
        encoded = new byte[names.size()][];
        heads = new long[encoded.length];
        headMasks = new long[encoded.length];
        Arrays.fill(firstBytes, any);
        firstBytes['#'] = false;
        for (byte possible : new byte[] {' ', '\t', '{'}) {
            firstBytes[possible] = true;
        }
        for (int i = 0; i < encoded.length; i++) {
            encoded[i] = names.get(i).getBytes(UTF_8);
            heads[i] = Words.at(Arrays.copyOf(encoded[i], Math.max(encoded[i].length, Long.BYTES)), 0);
            headMasks[i] = encoded[i].length < Long.BYTES ? (1L << 8 * encoded[i].length) - 1 : -1;
            firstBytes[encoded[i][0] & 0xff] = true;
        }
    }

    /** Only series of exactly these names; none if there are no names. */
    public static MetricNames of(Collection<String> names) {
        if (names.contains("")) {
            throw new IllegalArgumentException("names = " + names + ", must not contain an empty name");
        }
        return new MetricNames(names, false);
    }

    /** Every series, and so every line that is not a comment has to be well-formed. */
    public static MetricNames any() {
        return ANY;
    }

    boolean isAny() {
        return any;
    }

    /** False only if the line that begins at {@code from} is no sample of a wanted metric; true is no promise. */
    boolean mayBegin(byte[] bytes, int from) {
        byte first = bytes[from];
        if (!firstBytes[first & 0xff]) {
            return false;
        }
        if (any || first == ' ' || first == '\t' || first == '{' || from > bytes.length - Long.BYTES) {
            return true;
        }
        long head = Words.at(bytes, from);
        for (int i = 0; i < heads.length; i++) {
            if ((head & headMasks[i]) == heads[i]) {
                return true;
            }
        }
        return false;
    }

    /** The wanted name that these bytes spell, or null; names are not copied where they are known. */
    @Nullable
    String find(byte[] bytes, int from, int to) {
        for (int i = 0; i < encoded.length; i++) {
            if (Arrays.equals(encoded[i], 0, encoded[i].length, bytes, from, to)) {
                return names.get(i);
            }
        }
        return any ? new String(bytes, from, to - from, ISO_8859_1) : null;
    }

    /** The same for a name that was quoted. */
    @Nullable
    String find(String name) {
        int known = names.indexOf(name);
        return known >= 0 ? names.get(known) : any ? name : null;
    }
}
