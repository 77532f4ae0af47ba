/** Adapter: the HTTP client that asks the pods. Implements the port Scraper; knows Vert.x. */
@NullMarked
package io.nimscaler.scrape;

import org.jspecify.annotations.NullMarked;
