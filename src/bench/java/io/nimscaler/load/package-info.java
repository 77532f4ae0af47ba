/**
 * The packaged scaler under load: a child process, stand-in pods on loopback, and calls as KEDA sends them. It needs no cluster: the
 * ScaledObjects are static targets. No part of the product.
 */
@NullMarked
package io.nimscaler.load;

import org.jspecify.annotations.NullMarked;
