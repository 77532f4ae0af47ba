/** What is read of one pod: which series make a signal and under which names, how several series of one pod become one value, and how long that value is fresh. Knows the exposition and windows, and nothing of decisions. */
@NullMarked
package io.nimscaler.signal;

import org.jspecify.annotations.NullMarked;
