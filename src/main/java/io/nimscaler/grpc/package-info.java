/** Adapter: KEDA's ExternalScaler service. A call reads the latest snapshot. It does no I/O, takes no lock, and needs constant time. */
@NullMarked
package io.nimscaler.grpc;

import org.jspecify.annotations.NullMarked;
