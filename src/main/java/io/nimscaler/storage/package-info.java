/** Adapter: keeps the minutes of the history in files. It writes on a separate thread, so that nothing else waits for the disk. */
@NullMarked
package io.nimscaler.storage;

import org.jspecify.annotations.NullMarked;
