package io.nimscaler.load;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one run is loaded with.
 *
 * @param objects how many ScaledObjects
 * @param pods of each of them
 * @param interval how often each pod is asked, as trigger metadata has it
 * @param calls per second over all; {@link Integer#MAX_VALUE}: as many as it answers, on eight connections; empty: none
 */
record Case(int objects, int pods, String interval, OptionalInt calls) {

    private static final Pattern TEXT = Pattern.compile("([0-9]+)x([0-9]+)/([0-9]+m?s)(?:@([0-9]+|max))?");

    /**
     * E.g. {@code 1000x10/5s@300}: 1,000 ScaledObjects with 10 pods each, asked every 5 s, and 300 calls a second.
     *
     * @throws IllegalArgumentException it is none
     */
    static Case of(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "load.cases: expected OBJECTSxPODS/INTERVAL or OBJECTSxPODS/INTERVAL@CALLS, got " + text);
        }
        String calls = parts.group(4);
        return new Case(
                Integer.parseInt(parts.group(1)),
                Integer.parseInt(parts.group(2)),
                parts.group(3),
                calls == null
                        ? OptionalInt.empty()
                        : OptionalInt.of(calls.equals("max") ? Integer.MAX_VALUE : Integer.parseInt(calls)));
    }

    boolean asManyCallsAsPossible() {
        return calls.orElse(0) == Integer.MAX_VALUE;
    }

    @Override
    public String toString() {
        return objects + "x" + pods + "/" + interval
                + (calls.isEmpty() ? "" : "@" + (asManyCallsAsPossible() ? "max" : calls.getAsInt()));
    }
}
