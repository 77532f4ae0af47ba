/**
 * Files that settings name: certificates, keys, tokens. What is in them, whether it is usable, until when it is valid. It knows
 * nothing of who uses them.
 */
@NullMarked
package io.nimscaler.files;

import org.jspecify.annotations.NullMarked;
