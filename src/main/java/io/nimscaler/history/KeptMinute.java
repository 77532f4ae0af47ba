package io.nimscaler.history;

/** A minute that is over, and under which settings it was. */
public record KeptMinute(MinuteHeader header, Minute minute) {}
