/**
 * KEDA NIM Scaler: an external scaler for KEDA that reads the pods' own {@code /metrics}.
 *
 * <p>Data flows in one direction: {@code kubernetes → poll → scrape → exposition → signal → policy (window) → scaler → grpc}. The core (see
 * {@code src/docs/architecture.md}) is plain Java without framework, clock or threads. {@code ArchitectureTest} holds the direction.
 */
@NullMarked
package io.nimscaler;

import org.jspecify.annotations.NullMarked;
