/**
 * KEDA NIM Scaler: an external scaler for KEDA that reads the pods' own {@code /metrics}.
 *
 * <p>One way through the house: {@code kubernetes → scaler → scrape → exposition → signal → policy (window) → scaler →
 * grpc}. Everything down to {@code history} is plain Java without framework, clock or threads; {@code ArchitectureTest}
 * holds the arrows.
 */
@NullMarked
package io.nimscaler;

import org.jspecify.annotations.NullMarked;
