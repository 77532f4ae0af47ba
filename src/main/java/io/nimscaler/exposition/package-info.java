/**
 * Prometheus text: bytes in, wanted series out.
 *
 * <p>A reader is fed the body of one scrape in chunks that may split anywhere and returns the series of the wanted names,
 * or the place and the reason of the first wanted line that is malformed. Content never makes it throw; every bound on
 * what a pod may send is in {@link io.nimscaler.exposition.ReadLimits}.
 *
 * <p>Lines of other metrics and comments are skipped unread, on purpose. One exporter's broken line about something else
 * must not make us blind to the gauge beside it, and a body of 57 kB of which two lines matter is then read at the speed
 * at which line ends can be found.
 *
 * <p>What is accepted is what Prometheus' own {@code model/textparse/promparse.go} accepts, save for six differences:
 *
 * <ul>
 *   <li>also accepted: CRLF line ends, and OpenMetrics exemplars (skipped unread);
 *   <li>rejected here, elsewhere in Prometheus: duplicate label names, and names that are empty or not UTF-8;
 *   <li>rejected here only: a raw newline inside quotes (a line is a line), and a value glued to a bare metric name
 *       ({@code a-5}).
 * </ul>
 *
 * <p>This room knows the JDK alone: no pods, no HTTP, no clock, no threads, and not what any metric means. Whether several
 * names are the same gauge, and what several series of one pod add up to, is {@code signal}'s to say.
 */
@NullMarked
package io.nimscaler.exposition;

import org.jspecify.annotations.NullMarked;
