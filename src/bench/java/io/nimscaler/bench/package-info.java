/**
 * The closed loop on paper: discrete requests, engines with a KV cache and a queue, a router, a Deployment, an HPA, and on top of them
 * the product's own classes from metric bytes to answer or a rule of somebody else's. Virtual time, seeded; no part of the product.
 */
@NullMarked
package io.nimscaler.bench;

import org.jspecify.annotations.NullMarked;
