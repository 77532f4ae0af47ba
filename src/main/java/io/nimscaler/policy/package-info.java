/**
 * The rules of {@code src/docs/deciding.md}. They turn the readings of a fleet and the time into a decision, which has all intermediate
 * numbers and its reason. They turn the decision and the present scale into the answer. No clock, no logger, no client.
 */
@NullMarked
package io.nimscaler.policy;

import org.jspecify.annotations.NullMarked;
