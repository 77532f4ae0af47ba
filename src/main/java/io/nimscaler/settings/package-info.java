/**
 * Checks the settings and makes the records from which the adapters are built. All settings are read once, before anything starts, so that all
 * errors are told at once. The range of a setting stands here and nowhere else.
 */
@NullMarked
package io.nimscaler.settings;

import org.jspecify.annotations.NullMarked;
