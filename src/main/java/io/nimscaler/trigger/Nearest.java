package io.nimscaler.trigger;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Which known word was meant by one that is not known. */
public final class Nearest {

    private Nearest() {}

    /** The one that is most like {@code other}, if any is within a third of its length. */
    public static Optional<String> to(String other, Collection<String> known) {
        int longest = known.stream().mapToInt(String::length).max().orElse(0);
        if (other.length() > 2 * longest) {
            return Optional.empty();
        }
        return known.stream()
                .min(Comparator.comparingInt(word -> distance(word, other)))
                .filter(word -> distance(word, other) <= Math.max(2, word.length() / 3));
    }

    /** Levenshtein's edit distance, case not counted. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
                int replaced = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
