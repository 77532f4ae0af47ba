/** Adapter: watches ScaledObjects, scale targets and their pods. It implements the port Pods. It knows fabric8. */
@NullMarked
package io.nimscaler.kubernetes;

import org.jspecify.annotations.NullMarked;
