/** The bounded ring of what was decided, for REST. Knows snapshots only. */
@NullMarked
package io.nimscaler.history;

import org.jspecify.annotations.NullMarked;
