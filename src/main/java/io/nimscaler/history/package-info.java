/** The bounded ring of what was decided, for the page and for recordings. Knows snapshots only. */
@NullMarked
package io.nimscaler.history;

import org.jspecify.annotations.NullMarked;
