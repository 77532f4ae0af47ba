/** The use case: one Scaler per trigger of a ScaledObject, its decisions and its immutable snapshot; owns the port Pods. Time and results come in as arguments; one thread owns all state, any thread may read snapshots. */
@NullMarked
package io.nimscaler.scaler;

import org.jspecify.annotations.NullMarked;
