/** Adapter: health, meters and log lines. It only reads. */
@NullMarked
package io.nimscaler.telemetry;

import org.jspecify.annotations.NullMarked;
