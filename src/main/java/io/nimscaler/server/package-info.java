/** Adapter: what holds for every request on port 9090, whatever it asks: who may call, and what every answer says. */
@NullMarked
package io.nimscaler.server;

import org.jspecify.annotations.NullMarked;
