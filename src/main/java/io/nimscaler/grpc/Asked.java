package io.nimscaler.grpc;

import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.trigger.Trigger;

/** What a call is about. All that we keep while the call is open: each of its texts has a bound. */
record Asked(ScaledObjectId id, Trigger trigger) {}
