/** Adapter: REST. Read-only. */
@NullMarked
package io.nimscaler.web;

import org.jspecify.annotations.NullMarked;
