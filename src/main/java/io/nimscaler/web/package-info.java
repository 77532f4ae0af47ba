/** Adapter: REST and the live events of the page. Read-only. */
@NullMarked
package io.nimscaler.web;

import org.jspecify.annotations.NullMarked;
