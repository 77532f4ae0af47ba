package io.nimscaler.bench;

/** One request on its way. Times are seconds of virtual time. */
final class Request {

    final double arrivedAt;
    final int session;

    /** To be prefilled before it decodes; after a preemption with what it had decoded. */
    double promptTokens;

    double outputTokens;
    double prefilled;

    /** The engine's decoded steps at which its decode began, and at which it is done. */
    double decodeFrom;

    double decodeUntil;
    boolean admitted;

    Request(double arrivedAt, int promptTokens, int outputTokens, int session) {
        this.arrivedAt = arrivedAt;
        this.promptTokens = promptTokens;
        this.outputTokens = outputTokens;
        this.session = session;
    }
}
