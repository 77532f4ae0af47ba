package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which metric names to keep: exact names, or any.
 *
 * <p>Almost every line of a body is about something else, so {@link #mayBegin} turns most lines away by their first eight
 * bytes; only what passes is looked at by {@link LineParser}.
 */
public final class MetricNames {
    private static final MetricNames ANY = new MetricNames(List.of(), true, false);

    /** How a line begins that tells the type of a metric. */
    static final String TYPE_LINE = "# TYPE ";

    private static final long TYPE_LINE_MASK = 0x00ff_ffff_ffff_ffffL;
    private static final long TYPE_LINE_HEAD = LongBytes.at((TYPE_LINE + '\0').getBytes(UTF_8), 0);

    /** How a wanted series' name may end that is a part of a metric without this. */
    private static final Pattern PART = Pattern.compile("_(total|bucket|sum|count)$");

    private final boolean any;
    private final boolean surveyed;
    private final List<String> names;
    private final byte[][] encoded;
    private final Heads heads;
    private final byte[][] families;
    private final Heads familyHeads;
    private final boolean[] firstBytes = new boolean[256];

    private MetricNames(Collection<String> wanted, boolean any, boolean surveyed) {
        this.any = any;
        this.surveyed = surveyed;
        names = List.copyOf(new LinkedHashSet<>(wanted));
        encoded = new byte[names.size()][];
        Arrays.fill(firstBytes, any);
        firstBytes['#'] = !any;
        for (byte possible : new byte[] {' ', '\t', '{'}) {
            firstBytes[possible] = true;
        }
        for (int i = 0; i < encoded.length; i++) {
            encoded[i] = names.get(i).getBytes(UTF_8);
            firstBytes[encoded[i][0] & 0xff] = true;
        }
        heads = new Heads(encoded);
        families = Stream.concat(
                        names.stream(),
                        names.stream().map(name -> PART.matcher(name).replaceFirst("")))
                .distinct()
                .filter(name -> !name.isEmpty())
                .map(name -> name.getBytes(UTF_8))
                .toArray(byte[][]::new);
        familyHeads = new Heads(families);
    }

    /** Only series of exactly these names; none if there are no names. */
    public static MetricNames of(Collection<String> names) {
        if (names.contains("")) {
            throw new IllegalArgumentException("names = " + names + ", must not contain an empty name");
        }
        return new MetricNames(names, false, false);
    }

    /** Every series, and so every line that is not a comment has to be well-formed. */
    public static MetricNames any() {
        return ANY;
    }

    /** The same series, and beside them the names of all that a body has: slower, to say what is there where none is wanted. */
    public MetricNames surveyed() {
        return new MetricNames(names, any, true);
    }

    public boolean isSurveyed() {
        return surveyed;
    }

    boolean isAny() {
        return any;
    }

    /** False only if the line that begins at {@code from} tells nothing of a wanted metric; true is no promise. */
    boolean mayBegin(byte[] bytes, int from) {
        byte first = bytes[from];
        if (!firstBytes[first & 0xff]) {
            return false;
        }
        if (first == '#') {
            return from > bytes.length - TYPE_LINE.length() - Long.BYTES
                    || (LongBytes.at(bytes, from) & TYPE_LINE_MASK) == TYPE_LINE_HEAD
                            && familyHeads.matchAt(bytes, from + TYPE_LINE.length());
        }
        return any
                || first == ' '
                || first == '\t'
                || first == '{'
                || from > bytes.length - Long.BYTES
                || heads.matchAt(bytes, from);
    }

    static boolean isTypeLine(byte[] bytes, int from, int to) {
        return to - from >= Long.BYTES && (LongBytes.at(bytes, from) & TYPE_LINE_MASK) == TYPE_LINE_HEAD;
    }

    /** Whether these bytes are the name of a wanted metric, or of one that a wanted series may be a part of. */
    boolean isFamily(byte[] bytes, int from, int to) {
        for (byte[] family : families) {
            if (Arrays.equals(family, 0, family.length, bytes, from, to)) {
                return true;
            }
        }
        return false;
    }

    /** The first eight bytes of names, each once however many begin with them. */
    private static final class Heads {

        private final long[] heads;
        private final long[] masks;

        Heads(byte[][] names) {
            List<List<Long>> distinct =
                    Stream.of(names).map(Heads::headAndMask).distinct().toList();
            heads = distinct.stream().mapToLong(List::getFirst).toArray();
            masks = distinct.stream().mapToLong(List::getLast).toArray();
        }

        private static List<Long> headAndMask(byte[] name) {
            long head = LongBytes.at(Arrays.copyOf(name, Math.max(name.length, Long.BYTES)), 0);
            return List.of(head, name.length < Long.BYTES ? (1L << 8 * name.length) - 1 : -1L);
        }

        boolean matchAt(byte[] bytes, int from) {
            long head = LongBytes.at(bytes, from);
            for (int i = 0; i < heads.length; i++) {
                if ((head & masks[i]) == heads[i]) {
                    return true;
                }
            }
            return false;
        }
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
