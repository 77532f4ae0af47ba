/** The bounded ring of decisions and of the readings they were made from. Knows snapshots only. */
@NullMarked
package io.nimscaler.history;

import org.jspecify.annotations.NullMarked;
