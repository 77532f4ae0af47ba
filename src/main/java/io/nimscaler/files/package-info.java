/**
 * Files that settings name: certificates, keys, tokens. It reads them, checks whether they can be used, and tells until when they are valid.
 * It does not know who uses them.
 */
@NullMarked
package io.nimscaler.files;

import org.jspecify.annotations.NullMarked;
