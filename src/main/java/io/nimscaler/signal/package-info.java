/**
 * The value of one pod: which series make a signal and under which names, how several series of one pod become one value, and how long
 * the value is fresh. It knows the exposition and windows. It does not know decisions.
 */
@NullMarked
package io.nimscaler.signal;

import org.jspecify.annotations.NullMarked;
