/** Demand that another source than the pods shows, such as a gateway's queue: what its series say for whom, and how long that keeps a scale target awake. The whole story of wake sources: who may name which, when each is asked, what it said. Knows nothing of the pods. */
@NullMarked
package io.nimscaler.wake;

import org.jspecify.annotations.NullMarked;
