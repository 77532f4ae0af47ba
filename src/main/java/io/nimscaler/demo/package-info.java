/** Adapter: a stand-in fleet of NIM pods with a load that rises and falls, and an HPA that follows our answers. Off unless asked for. */
@NullMarked
package io.nimscaler.demo;

import org.jspecify.annotations.NullMarked;
