/** Adapter: watches of ScaledObjects, scale targets and their pods. Implements the port Pods; knows fabric8. */
@NullMarked
package io.nimscaler.kubernetes;

import org.jspecify.annotations.NullMarked;
