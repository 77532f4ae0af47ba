/** Adapter: REST (and the page). Read-only. */
@NullMarked
package io.nimscaler.web;

import org.jspecify.annotations.NullMarked;
