/** The commands {@code replay} and {@code advise}, which run instead of serving. They read files and write to the terminal. */
@NullMarked
package io.nimscaler.command;

import org.jspecify.annotations.NullMarked;
