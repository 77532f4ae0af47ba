/** The commands of the program beside serving: they read files and write to the terminal, and start nothing else. */
@NullMarked
package io.nimscaler.command;

import org.jspecify.annotations.NullMarked;
