/**
 * What would have been with other settings: on the readings that there were (open loop), or on a fleet that follows those settings
 * (closed loop), and which settings to take. Knows no clock; when to stop is asked of the caller.
 */
@NullMarked
package io.nimscaler.replay;

import org.jspecify.annotations.NullMarked;
