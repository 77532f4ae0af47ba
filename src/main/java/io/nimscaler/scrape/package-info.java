/** Adapter: the HTTP client that asks the pods. It implements the port Scraper. It knows Vert.x. */
@NullMarked
package io.nimscaler.scrape;

import org.jspecify.annotations.NullMarked;
