/**
 * Prometheus text: bytes in, wanted series out.
 *
 * <p>A reader gets the body of one scrape in chunks, which may be split anywhere. It returns the series of the wanted names, or the place and
 * the reason of the first wanted line that is malformed. It never throws because of content. Every bound on what a pod may send is in
 * {@link io.nimscaler.exposition.ReadLimits}.
 *
 * <p>Lines of other metrics and comments are skipped and not parsed. So a broken line about another metric does not hide the wanted one, and a
 * body of 57 kB with two wanted lines is read nearly as fast as its line ends are found.
 *
 * <p>The reader accepts what {@code model/textparse/promparse.go} of Prometheus accepts, with six differences:
 *
 * <ul>
 *   <li>also accepted: CRLF line ends, and OpenMetrics exemplars (skipped unread);
 *   <li>rejected here, elsewhere in Prometheus: duplicate label names, and names that are empty or not UTF-8;
 *   <li>rejected here only: a raw newline inside quotes (a line is a line), and a value glued to a bare metric name
 *       ({@code a-5}).
 * </ul>
 *
 * <p>This package knows only the JDK: no pods, no HTTP, no clock, no threads. It does not know what a metric means. Package {@code signal} knows
 * which names are the same gauge, and how several series of one pod are put together.
 */
@NullMarked
package io.nimscaler.exposition;

import org.jspecify.annotations.NullMarked;
