/** Adapter: KEDA's ExternalScaler service. A call reads the latest snapshot: no I/O, no lock, constant time. */
@NullMarked
package io.nimscaler.grpc;

import org.jspecify.annotations.NullMarked;
