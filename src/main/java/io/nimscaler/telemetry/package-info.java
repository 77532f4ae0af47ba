/** Adapter: health, meters and log lines. They only read. */
@NullMarked
package io.nimscaler.telemetry;

import org.jspecify.annotations.NullMarked;
