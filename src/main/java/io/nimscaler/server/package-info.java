/** Adapter: the rules for all requests on port 9090: which clients may call, and which headers each answer has. */
@NullMarked
package io.nimscaler.server;

import org.jspecify.annotations.NullMarked;
