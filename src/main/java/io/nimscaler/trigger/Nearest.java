package io.nimscaler.trigger;

import io.nimscaler.signal.EditDistance;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known word that was probably meant by an unknown one. */
public final class Nearest {

    private Nearest() {}

    /** The one that is most like {@code other}, if any is within a third of its length. */
    public static Optional<String> to(String other, Collection<String> known) {
        int longest = known.stream().mapToInt(String::length).max().orElse(0);
        if (other.length() > 2 * longest) {
            return Optional.empty();
        }
        return known.stream()
                .min(Comparator.comparingInt(word -> EditDistance.between(word, other)))
                .filter(word -> EditDistance.between(word, other) <= Math.max(2, word.length() / 3));
    }
}
