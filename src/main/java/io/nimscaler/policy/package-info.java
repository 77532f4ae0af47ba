/** The rules of {@code src/docs/deciding.md}: readings of a fleet and the time → a decision that carries every intermediate and its reason; and from the decision and the present scale → the answer. Pure: no clock, logger or client. */
@NullMarked
package io.nimscaler.policy;

import org.jspecify.annotations.NullMarked;
