/** A model of the HPA's own algorithm, after its sources: for tests, the demo, replay, and to say what the HPA will do. Knows no scaler. */
@NullMarked
package io.nimscaler.hpa;

import org.jspecify.annotations.NullMarked;
