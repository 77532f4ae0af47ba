/**
 * The bounded ring of decisions and of the readings they were made from, and the format in which they are recorded. Knows snapshots,
 * and Jackson for the recording's JSON.
 */
@NullMarked
package io.nimscaler.history;

import org.jspecify.annotations.NullMarked;
