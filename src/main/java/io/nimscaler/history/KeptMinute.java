package io.nimscaler.history;

/** A finished minute, with the settings of that time. */
public record KeptMinute(MinuteHeader header, Minute minute) {}
