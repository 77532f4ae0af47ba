/** Trigger metadata, typed and validated: every error names key, value, what was expected and the nearest known key. Knows the names of signals, and no transport. */
@NullMarked
package io.nimscaler.trigger;

import org.jspecify.annotations.NullMarked;
