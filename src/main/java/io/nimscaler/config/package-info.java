/** The settings under {@code nim-scaler} as texts, with their defaults. */
@NullMarked
package io.nimscaler.config;

import org.jspecify.annotations.NullMarked;
