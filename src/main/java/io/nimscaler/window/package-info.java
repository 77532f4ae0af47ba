/** State over time: exponential smoothing and sliding extremes. Plain arithmetic on durations; knows nothing of fleets, pods or KEDA. */
@NullMarked
package io.nimscaler.window;

import org.jspecify.annotations.NullMarked;
