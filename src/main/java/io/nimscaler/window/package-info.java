/**
 * State over time: exponential smoothing, and the highest and lowest value of a window. Only arithmetic on durations. It does not know
 * fleets, pods or KEDA.
 */
@NullMarked
package io.nimscaler.window;

import org.jspecify.annotations.NullMarked;
