/** Settings under nim-scaler, typed, with defaults that are right for most. */
@NullMarked
package io.nimscaler.config;

import org.jspecify.annotations.NullMarked;
