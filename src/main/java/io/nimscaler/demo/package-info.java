/** Adapter: a simulated fleet of NIM pods with a load that rises and falls, and an HPA that follows the answers. Off by default. */
@NullMarked
package io.nimscaler.demo;

import org.jspecify.annotations.NullMarked;
