/**
 * Settings → what the adapters are made with. Read once, before anything starts, and all of them, so that all that is wrong is
 * said at once: what each may be stands here and nowhere else.
 */
@NullMarked
package io.nimscaler.settings;

import org.jspecify.annotations.NullMarked;
