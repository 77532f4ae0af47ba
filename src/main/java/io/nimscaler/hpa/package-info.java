/**
 * A model of the HPA's own algorithm, after its source code. Tests, the demo and replay use it. It also tells what the HPA will do. It does
 * not know the scaler.
 */
@NullMarked
package io.nimscaler.hpa;

import org.jspecify.annotations.NullMarked;
