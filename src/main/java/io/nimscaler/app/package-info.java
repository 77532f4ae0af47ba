/** Wiring: the clock, the ticker, the thread that owns the scalers, and the static list of addresses. It knows all other packages. */
@NullMarked
package io.nimscaler.app;

import org.jspecify.annotations.NullMarked;
