/**
 * When a pod or a GPU exporter is asked, on which path and for which series, and the result. It owns the ports Scraper and GpuExporters. It
 * does not know decisions. One thread owns all state.
 */
@NullMarked
package io.nimscaler.poll;

import org.jspecify.annotations.NullMarked;
