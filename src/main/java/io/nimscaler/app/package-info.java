/** Wiring: the clock, the ticker, the one thread that owns the scalers, and the static list of addresses. Knows everything. */
@NullMarked
package io.nimscaler.app;

import org.jspecify.annotations.NullMarked;
