package io.nimscaler.trigger;

import java.time.Duration;

/** One duration for the way up, another for the way down. */
public record UpAndDown(Duration up, Duration down) {}
