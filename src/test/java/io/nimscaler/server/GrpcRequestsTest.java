package io.nimscaler.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrpcRequestsTest {

    private static final Pattern METHOD = Pattern.compile("/\\w+(\\.\\w+)+/\\w+");
    private static final long SEED = 22;

    @ParameterizedTest
    @CsvSource({
        "/externalscaler.ExternalScaler/GetMetrics, true",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo, true",
        "/a_1.B/c, true",
        "'', false",
        "/, false",
        "/api/scaled-objects, false",
        "/Service/Method, false",
        "/a.B, false",
        "/a.B/, false",
        "/a.B/c/, false",
        "/a.B/c/d, false",
        "/a.B/c.d, false",
        "/.B/c, false",
        "/a./c, false",
        "/a..B/c, false",
        "a.B/c, false",
        "a/.B/c, false",
        "//a.B/c, false",
        "/a.B//c, false",
        "/a.B/c?d, false",
        "/ä.B/c, false"
    })
    void aMethodHasADotInTheFirstOfTwoSegments(String path, boolean method) {
        assertThat(GrpcRequests.isMethod(path)).isEqualTo(method);
    }

    @Test
    void itIsWhatTheExpressionSays() {
        Random random = new Random(SEED);
        int methods = 0;
        for (int i = 0; i < 200_000; i++) {
            StringBuilder path = new StringBuilder(random.nextBoolean() ? "/" : "");
            for (int length = random.nextInt(9); length > 0; length--) {
                path.append("/..aZ_9-/".charAt(random.nextInt(9)));
            }
            boolean expected = METHOD.matcher(path).matches();
            methods += expected ? 1 : 0;
            assertThat(GrpcRequests.isMethod(path.toString())).as("%s", path).isEqualTo(expected);
        }
        assertThat(methods).isGreaterThan(100);
    }
}
