/** When a pod or an exporter of GPUs is asked, on which path and for which series, and what came of it; owns the ports Scraper and GpuExporters. Knows no decision. One thread owns all state. */
@NullMarked
package io.nimscaler.poll;

import org.jspecify.annotations.NullMarked;
