package io.nimscaler.replay;

import java.time.Duration;
import java.util.Locale;

/** Numbers for people. */
public final class Texts {

    private Texts() {}

    /** With so many decimals at most. */
    public static String number(double value, int decimals) {
        String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }

    /** A share as percent, with so many decimals. */
    public static String percent(double share, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f %%", 100 * share);
    }

    /** Days, hours, minutes and seconds, the two largest of them that there are. */
    public static String length(Duration length) {
        long[] amounts = {length.toDays(), length.toHoursPart(), length.toMinutesPart(), length.toSecondsPart()};
        String[] units = {"d", "h", "m", "s"};
        StringBuilder text = new StringBuilder();
        int shown = 0;
        for (int i = 0; i < amounts.length && shown < 2; i++) {
            if (amounts[i] > 0) {
                text.append(shown == 0 ? "" : " ")
                        .append(amounts[i])
                        .append(' ')
                        .append(units[i]);
                shown++;
            } else if (shown > 0) {
                shown++;
            }
        }
        return text.isEmpty() ? "0 s" : text.toString();
    }
}
