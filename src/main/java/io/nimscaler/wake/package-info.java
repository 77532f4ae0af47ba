/** Demand that another source than the pods shows, such as a gateway's queue: what its series say for whom, and how long that keeps a scale target awake. Knows expositions, and neither the pods nor how the source is asked. */
@NullMarked
package io.nimscaler.wake;

import org.jspecify.annotations.NullMarked;
