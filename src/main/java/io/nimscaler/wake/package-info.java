/**
 * Demand that is not at the pods, for example in the queue of a gateway: what the series of a source say for which model, who may name which
 * source, when it is asked, and how long it keeps a scale target awake. It does not know the pods.
 */
@NullMarked
package io.nimscaler.wake;

import org.jspecify.annotations.NullMarked;
