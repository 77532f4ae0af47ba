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

    /** Not tuned on: very long prompts. */
    static final Engine LONG =
            new Engine("long prompts", Trace.LONG, 500_000, 64, 18, .20, .03, .030, 8192, UNBOUNDED, false);

    /** Not tuned on: a KV cache that never fills, slots that do. */
    static final Engine LARGE_KV =
            new Engine("large KV", Trace.CONVERSATION, 2_000_000, 128, 16, .12, .01, .022, 4096, UNBOUNDED, true);

    /** Not tuned on: few slots, flat decode, a short queue. */
    static final Engine FEW_SLOTS =
            new Engine("few slots", Trace.CONVERSATION, 200_000, 24, 18, .05, .02, .025, 2048, 100, true);

    /** Not tuned on: few slots, which it does not say. */
    static final Engine HIDDEN_SLOTS =
            new Engine("hidden slots", Trace.CONVERSATION, 400_000, 48, 14, .35, .02, .025, 2048, UNBOUNDED, false);

    static final List<Engine> TRAINING = List.of(CHAT, STEEP, CODE);
    static final List<Engine> JUDGING = List.of(LONG, LARGE_KV, FEW_SLOTS, HIDDEN_SLOTS);

    /** The duration of one step in seconds. */
    double stepSeconds(int decoding, double kvUsed, double prefilled) {
        return (baseMillis
                        + perSequenceMillis * decoding
                        + perThousandTokensMillis * kvUsed / 1000
                        + perPromptTokenMillis * prefilled)
                / 1000;
    }
}
