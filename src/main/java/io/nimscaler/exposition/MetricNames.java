package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which metric names to keep: exact names, or any.
 *
 * <p>Almost every line of a body is about another metric. So {@link #mayBegin} rejects lines by their first bytes, and
 * {@link LineParser} looks only at the rest.
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
    private final Map<String, Integer> known;
    private final NameTable table;
    private final NameTable familyTable;
    private final int[] wholes;
    private final boolean[] firstBytes = new boolean[256];

    private MetricNames(Collection<String> wanted, boolean any, boolean surveyed) {
        this.any = any;
        this.surveyed = surveyed;
        names = List.copyOf(new LinkedHashSet<>(wanted));
        known = IntStream.range(0, names.size()).boxed().collect(toMap(names::get, i -> i));
        Arrays.fill(firstBytes, any);
        firstBytes['#'] = !any;
        for (byte possible : new byte[] {' ', '\t', '{'}) {
            firstBytes[possible] = true;
        }
        for (String name : names) {
            firstBytes[name.getBytes(UTF_8)[0] & 0xff] = true;
        }
        table = new NameTable(encoded(names));
        List<String> families = Stream.concat(names.stream(), names.stream().map(MetricNames::wholeOf))
                .distinct()
                .toList();
        familyTable = new NameTable(encoded(families));
        wholes =
                names.stream().mapToInt(name -> families.indexOf(wholeOf(name))).toArray();
    }

    private static String wholeOf(String name) {
        String whole = PART.matcher(name).replaceFirst("");
        return whole.isEmpty() ? name : whole;
    }

    private static byte[][] encoded(List<String> names) {
        return names.stream().map(name -> name.getBytes(UTF_8)).toArray(byte[][]::new);
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

    /** False only if this line, which may be part of one still to come, tells nothing of a wanted metric; true is no promise. */
    boolean mayBegin(byte[] bytes, int from, int to) {
        if (from == to || !firstBytes[bytes[from] & 0xff]) {
            return false;
        }
        return switch (bytes[from]) {
            case '#' ->
                isTypeLine(bytes, from, to)
                        && familyTable.at(bytes, from + TYPE_LINE.length(), withoutReturn(bytes, to)) >= 0;
            case ' ', '\t', '{' -> true;
            default -> any || table.at(bytes, from, withoutReturn(bytes, to)) >= 0;
        };
    }

    private static int withoutReturn(byte[] bytes, int to) {
        return bytes[to - 1] == '\r' ? to - 1 : to;
    }

    static boolean isTypeLine(byte[] bytes, int from, int to) {
        return to - from >= Long.BYTES && (LongBytes.at(bytes, from) & TYPE_LINE_MASK) == TYPE_LINE_HEAD;
    }

    /** Which wanted metric, or one that a wanted series may be a part of, these bytes are the name of; -1: none. */
    int family(byte[] bytes, int from, int to) {
        return familyTable.of(bytes, from, to);
    }

    /** The same of a wanted series' own name; -1: it is not wanted. */
    int family(String name) {
        return known.getOrDefault(name, -1);
    }

    /** Of a wanted series' name, the metric that it may be a part of; its own where it is none. */
    int wholeOf(int family) {
        return wholes[family];
    }

    /** The wanted name that these bytes spell, or null; names are not copied where they are known. */
    @Nullable
    String find(byte[] bytes, int from, int to) {
        int index = table.of(bytes, from, to);
        if (index >= 0) {
            return names.get(index);
        }
        return any ? new String(bytes, from, to - from, ISO_8859_1) : null;
    }

    /** Whether it is one that {@link #find} finds. */
    boolean isWanted(String name) {
        return any || known.containsKey(name);
    }

    /** The same for a name that was quoted. */
    @Nullable
    String find(String name) {
        Integer index = known.get(name);
        return index != null ? names.get(index) : any ? name : null;
    }
}
