/** Adapter: the minutes that last, in files. Writes on a thread of its own; whatever the disk does, nothing else waits for it. */
@NullMarked
package io.nimscaler.storage;

import org.jspecify.annotations.NullMarked;
