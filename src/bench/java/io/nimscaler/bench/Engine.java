package io.nimscaler.bench;

import java.util.List;

/**
 * What one replica can do. A step of the engine takes {@code baseMillis} plus what its batch adds: each decoding sequence, each thousand
 * tokens in the KV cache, each prompt token of the chunk that is prefilled beside them (chunked prefill).
 *
 * @param trace whose prompt and output lengths its requests have
 * @param kvTokens room of the KV cache
 * @param maxRunning sequences worked on at once
 * @param tokensPerStep bound of decoded plus prefilled tokens of a step
 * @param queueLimit how many requests may wait; what comes beyond is refused
 * @param saysMaxRunning whether its metrics tell {@code maxRunning} (NIM 1.x do, vLLM's do not)
 */
record Engine(
        String name,
        Trace trace,
        int kvTokens,
        int maxRunning,
        double baseMillis,
        double perSequenceMillis,
        double perThousandTokensMillis,
        double perPromptTokenMillis,
        int tokensPerStep,
        int queueLimit,
        boolean saysMaxRunning) {

    private static final int UNBOUNDED = Integer.MAX_VALUE;

    /** Conversations on a large model: the KV cache binds, decode is flat. */
    static final Engine CHAT =
            new Engine("chat", Trace.CONVERSATION, 90_000, 256, 22, .10, .06, .030, 2048, UNBOUNDED, false);

    /** The same requests where slots bind, and decode slows with the batch. */
    static final Engine STEEP =
            new Engine("steep", Trace.CONVERSATION, 300_000, 96, 8, .55, .02, .020, 2048, UNBOUNDED, true);

    /** Code completion: long prompts, short answers, so prefill binds and KV usage stays low. */
    static final Engine CODE = new Engine("code", Trace.CODE, 160_000, 64, 14, .20, .03, .055, 2048, 200, false);

    /** Very long prompts. */
    static final Engine LONG =
            new Engine("long prompts", Trace.LONG, 500_000, 64, 18, .20, .03, .030, 8192, UNBOUNDED, false);

    /** A KV cache that never fills, slots that do. */
    static final Engine LARGE_KV =
            new Engine("large KV", Trace.CONVERSATION, 2_000_000, 128, 16, .12, .01, .022, 4096, UNBOUNDED, true);

    /** Few slots, flat decode, a short queue. */
    static final Engine FEW_SLOTS =
            new Engine("few slots", Trace.CONVERSATION, 200_000, 24, 18, .05, .02, .025, 2048, 100, true);

    /** Few slots, which it does not say. */
    static final Engine HIDDEN_SLOTS =
            new Engine("hidden slots", Trace.CONVERSATION, 400_000, 48, 14, .35, .02, .025, 2048, UNBOUNDED, false);

    /** Not looked at before it was judged: a middling model, whose slots and KV cache bind at about the same load. */
    static final Engine MIDDLING =
            new Engine("middling", Trace.CONVERSATION, 150_000, 128, 15, .25, .04, .025, 2048, UNBOUNDED, false);

    /** Not looked at before it was judged: code with many slots. */
    static final Engine CODE_SLOTS =
            new Engine("code, many slots", Trace.CODE, 240_000, 256, 12, .08, .05, .040, 4096, UNBOUNDED, true);

    /** Not looked at before it was judged: fast and flat, a bounded queue. */
    static final Engine FAST = new Engine("fast", Trace.CONVERSATION, 120_000, 64, 9, .03, .01, .012, 8192, 150, false);

    /** Not looked at before it was judged: very long prompts, few slots, steep decode. */
    static final Engine LONG_STEEP =
            new Engine("long and steep", Trace.LONG, 900_000, 24, 25, .60, .02, .020, 8192, UNBOUNDED, true);

    /** Settings are tuned on these. */
    static final List<Engine> TRAINING = List.of(CHAT, STEEP, CODE);

    /** The rule was changed after it was seen on these. */
    static final List<Engine> SEEN = List.of(LONG, LARGE_KV, FEW_SLOTS, HIDDEN_SLOTS);

    /** First run on a rule whose faults, found elsewhere, were mended since; nothing was tuned on these. */
    static final List<Engine> JUDGING = List.of(MIDDLING, CODE_SLOTS, FAST, LONG_STEEP);

    /** A vLLM whose queue is bounded counts what it refuses; NIM 1.x does not. */
    boolean countsRefusals() {
        return queueLimit < UNBOUNDED && !saysMaxRunning;
    }

    /** The same where each step takes so many times as long. */
    Engine slower(double times) {
        return new Engine(
                name,
                trace,
                kvTokens,
                maxRunning,
                times * baseMillis,
                times * perSequenceMillis,
                times * perThousandTokensMillis,
                times * perPromptTokenMillis,
                tokensPerStep,
                queueLimit,
                saysMaxRunning);
    }

    /** The duration of one step in seconds. */
    double stepSeconds(int decoding, double kvUsed, double prefilled) {
        return (baseMillis
                        + perSequenceMillis * decoding
                        + perThousandTokensMillis * kvUsed / 1000
                        + perPromptTokenMillis * prefilled)
                / 1000;
    }
}
