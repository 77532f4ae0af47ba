/**
 * The bounded ring of decisions with their readings, the format of recordings, and the minutes that outlast a restart. It knows snapshots,
 * and Jackson for JSON.
 */
@NullMarked
package io.nimscaler.history;

import org.jspecify.annotations.NullMarked;
