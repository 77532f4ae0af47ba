package io.nimscaler.grpc;

import io.nimscaler.scaler.ScaledObjectId;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.WrittenMetadata;

/**
 * What a call asks for. It is all that is kept while the call is open, and each of its texts has a bound.
 *
 * @param written its metadata as it came
 */
record Asked(ScaledObjectId id, Trigger trigger, WrittenMetadata written) {}
