/**
 * Trigger metadata, typed and checked. Each error names the key, the value, what was expected and the nearest known key. It knows the names
 * of signals. It does not know gRPC or HTTP.
 */
@NullMarked
package io.nimscaler.trigger;

import org.jspecify.annotations.NullMarked;
