package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Reads a value as Prometheus does: as Go's {@code ParseFloat}, without hexadecimal numbers and underscores.
 *
 * <p>{@link Double#parseDouble} alone would accept {@code 1d}, {@code 0x1p3} and blanks, and turn {@code 1e999} into an infinity
 * that is not in the body.
 *
 * <p>A significand of at most 2^53 and a power of ten of at most 10^22 are both exact doubles. So one multiplication or division
 * of them is correctly rounded (Clinger, 1990): {@code 1.5e+011} is 15 · 10^10. Only longer numbers are copied into a string for
 * {@code parseDouble}.
 */
final class Decimal {
    private static final double[] POWERS_OF_TEN = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };
    private static final long LARGEST_EXACT = 1L << 53;
    /** Beyond this no further digit is added up; the number is inexact anyway. */
    private static final long LARGE = 100_000_000_000_000_000L;
    /** Beyond every exponent that could matter: keeps the sum from overflowing. */
    private static final int HUGE_EXPONENT = 100_000_000;

    private double value;

    /** The number last read. */
    double value() {
        return value;
    }

    /** Whether {@code [from, to)} is a number in the range of a double. */
    boolean read(byte[] bytes, int from, int to) {
        boolean signed = from < to && (bytes[from] == '+' || bytes[from] == '-');
        int start = signed ? from + 1 : from;
        boolean read = start < to && (bytes[start] <= '9' ? number(bytes, start, to) : word(bytes, start, to, signed));
        if (signed && bytes[from] == '-') {
            value = -value;
        }
        return read;
    }

    private boolean number(byte[] bytes, int from, int to) {
        long significand = 0;
        int digits = 0;
        int power = 0;
        boolean point = false;
        int i = from;
        for (; i < to; i++) {
            int c = bytes[i];
            if (Cursor.isDigit(c)) {
                significand = significand < LARGE ? significand * 10 + (c - '0') : Long.MAX_VALUE;
                digits++;
                power -= point ? 1 : 0;
            } else if (c == '.' && !point) {
                point = true;
            } else {
                break;
            }
        }
        if (digits == 0 || i < to && !isExponent(bytes, i, to)) {
            return false;
        }
        power += i < to ? exponent(bytes, i + 1, to) : 0;
        if (significand <= LARGEST_EXACT && Math.abs(power) < POWERS_OF_TEN.length) {
            value = power < 0 ? significand / POWERS_OF_TEN[-power] : significand * POWERS_OF_TEN[power];
        } else {
            value = Double.parseDouble(new String(bytes, from, to - from, ISO_8859_1));
        }
        return Double.isFinite(value);
    }

    /** The number that stands in a text, a bucket's {@code le} say, by the same grammar; empty: none does. */
    static OptionalDouble of(String text) {
        byte[] bytes = text.getBytes(US_ASCII);
        Decimal decimal = new Decimal();
        return decimal.read(bytes, 0, bytes.length) ? OptionalDouble.of(decimal.value()) : OptionalDouble.empty();
    }

    /** The number that these digits spell, or empty if it does not fit. */
    static OptionalLong unsignedLong(byte[] bytes, int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            int digit = bytes[i] - '0';
            if (number > (Long.MAX_VALUE - digit) / 10) {
                return OptionalLong.empty();
            }
            number = number * 10 + digit;
        }
        return OptionalLong.of(number);
    }

    private static boolean isExponent(byte[] bytes, int from, int to) {
        int i = from + 1;
        if (i < to && (bytes[i] == '+' || bytes[i] == '-')) {
            i++;
        }
        boolean digits = i < to;
        for (; i < to; i++) {
            digits &= Cursor.isDigit(bytes[i]);
        }
        return digits && (bytes[from] | 0x20) == 'e';
    }

    private static int exponent(byte[] bytes, int from, int to) {
        int exponent = 0;
        for (int i = from; i < to; i++) {
            if (Cursor.isDigit(bytes[i])) {
                exponent = Math.min(exponent * 10 + (bytes[i] - '0'), HUGE_EXPONENT);
            }
        }
        return bytes[from] == '-' ? -exponent : exponent;
    }

    private boolean word(byte[] bytes, int from, int to, boolean signed) {
        String word = to - from > "infinity".length()
                ? ""
                : new String(bytes, from, to - from, ISO_8859_1).toLowerCase(Locale.ROOT);
        value = word.equals("nan") ? Double.NaN : Double.POSITIVE_INFINITY;
        return word.equals("inf") || word.equals("infinity") || word.equals("nan") && !signed;
    }
}
