package io.nimscaler.exposition;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Labels in the order in which they were written. Immutable. A series has few labels, so a lookup compares each of them. A map
 * with buckets would take four times the memory, and each line has one.
 */
final class WrittenLabels extends AbstractMap<String, String> {

    private final String[] namesAndValues;
    private int hash;
    private @Nullable SeriesIdentity identity;

    private WrittenLabels(String[] namesAndValues) {
        this.namesAndValues = namesAndValues;
    }

    /**
     * @param namesAndValues in turn; is copied
     * @param length how many of it, a multiple of two
     */
    static Map<String, String> of(String[] namesAndValues, int length) {
        String[] copy = new String[length];
        System.arraycopy(namesAndValues, 0, copy, 0, length);
        return length == 0 ? Map.of() : new WrittenLabels(copy);
    }

    static Map<String, String> of(Map<String, String> labels) {
        if (labels instanceof WrittenLabels || labels.isEmpty()) {
            return labels.isEmpty() ? Map.of() : labels;
        }
        String[] copy = new String[2 * labels.size()];
        int length = 0;
        for (Map.Entry<String, String> label : labels.entrySet()) {
            copy[length++] = label.getKey();
            copy[length++] = label.getValue();
        }
        return new WrittenLabels(copy);
    }

    @Override
    public int size() {
        return namesAndValues.length / 2;
    }

    @Override
    public @Nullable String get(Object name) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i].equals(name)) {
                return namesAndValues[i + 1];
            }
        }
        return null;
    }

    @Override
    public boolean containsKey(Object name) {
        return get(name) != null;
    }

    /** Asked for at each scrape while the same labels go from one to the next. */
    @Override
    public int hashCode() {
        if (hash == 0) {
            hash = super.hashCode();
        }
        return hash;
    }

    /** Asked for as often, and then kept for each pod that has the same labels. */
    SeriesIdentity identity() {
        SeriesIdentity known = identity;
        if (known == null) {
            known = SeriesIdentity.made(this);
            identity = known;
        }
        return known;
    }

    @Override
    public Set<Map.Entry<String, String>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return namesAndValues.length / 2;
            }

            @Override
            public Iterator<Map.Entry<String, String>> iterator() {
                return new Entries();
            }
        };
    }

    private final class Entries implements Iterator<Map.Entry<String, String>> {
        private int next;

        @Override
        public boolean hasNext() {
            return next < namesAndValues.length;
        }

        @Override
        public Map.Entry<String, String> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            next += 2;
            return Map.entry(namesAndValues[next - 2], namesAndValues[next - 1]);
        }
    }
}
