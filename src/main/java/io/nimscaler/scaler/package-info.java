/**
 * The use case: one Scaler for each trigger of a ScaledObject, its decisions and its immutable snapshot. It owns the port Pods. Time and
 * results come in as arguments. One thread owns all state. Any thread may read snapshots.
 */
@NullMarked
package io.nimscaler.scaler;

import org.jspecify.annotations.NullMarked;
