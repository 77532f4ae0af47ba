package io.nimscaler.grpc;

import io.nimscaler.grpc.proto.MetricSpec;
import io.nimscaler.grpc.proto.MetricValue;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What the versions of KEDA make of an answer before the HPA sees it, in thousandths (keda: pkg/scalers/external_scaler.go and
 * pkg/scalers/scaler.go of each version). A number with a fraction that is not above 0 gives way to the integer field.
 */
enum KedaReading {
    /** Up to 2.16: the integer fields alone, as whole numbers. */
    INTEGERS("2.16") {
        @Override
        long milli(long integer, double fraction) {
            return integer * 1000;
        }
    },
    /** 2.17 to 2.19: what is beyond the thousandths is cut off. */
    TRUNCATING("2.17 to 2.19") {
        @Override
        long milli(long integer, double fraction) {
            return (long) ((fraction > 0 ? fraction : integer) * 1000);
        }
    },
    /** 2.20 and 2.21: printed with three decimals and parsed again; what is no number, infinite or negative is 0. */
    ROUNDING("2.20, 2.21") {
        @Override
        long milli(long integer, double fraction) {
            double value = fraction > 0 ? fraction : integer;
            return Double.isInfinite(value) || value < 0
                    ? 0
                    : new BigDecimal(value)
                            .setScale(3, RoundingMode.HALF_EVEN)
                            .movePointRight(3)
                            .longValueExact();
        }
    };

    private final String versions;

    KedaReading(String versions) {
        this.versions = versions;
    }

    abstract long milli(long integer, double fraction);

    /** The target value that the HPA gets. */
    long targetMilli(MetricSpec spec) {
        return milli(spec.getTargetSize(), spec.getTargetSizeFloat());
    }

    /** The metric's value that the HPA gets. */
    long valueMilli(MetricValue value) {
        return milli(value.getMetricValue(), value.getMetricValueFloat());
    }

    @Override
    public String toString() {
        return "KEDA " + versions;
    }
}
