/**
 * What other settings would have led to: on the readings of the past (open loop), or on a fleet that follows these settings (closed loop),
 * and which settings are better. It has no clock: the caller says when to stop.
 */
@NullMarked
package io.nimscaler.replay;

import org.jspecify.annotations.NullMarked;
