package io.nimscaler.exposition;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0, -0.0",
        "+0, 0",
        "1., 1",
        ".5, 0.5",
        "-.5, -0.5",
        "007, 7",
        "1e3, 1000",
        "1E3, 1000",
        "1.5e+011, 150000000000",
        "1.15891634176e+011, 115891634176",
        "1e-05, 0.00001",
        "0e999, 0",
        "1e-999, 0",
        "0.38449999999999995, 0.38449999999999995",
        "9007199254740993, 9007199254740992",
        "1e22, 1e22",
        "1e23, 1e23",
        "1.7976931348623157e308, 1.7976931348623157e308",
        "4.9e-324, 4.9e-324",
        "5e-0000000000000000000003, 0.005",
        "0.000000000000000000000000000000000000001, 1e-39",
        "100000000000000000000000000000000000000000, 1e41",
        "NaN, NaN",
        "nan, NaN",
        "Inf, Infinity",
        "+Inf, Infinity",
        "-Inf, -Infinity",
        "inf, Infinity",
        "-infinity, -Infinity",
        "INFINITY, Infinity",
    })
    void whatGoParsesIsRead(String text, Double expected) {
        assertThat(read(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "+",
                "-",
                ".",
                "+.",
                "e5",
                ".e5",
                "1e",
                "1e+",
                "1e-",
                "1ee5",
                "1e5.0",
                "1e1e1",
                "1.2.3",
                "--1",
                "+-1",
                "0,7",
                "1d",
                "1f",
                "1D",
                "1F",
                "1.5d",
                "0x1",
                "0x1p3",
                "0x1p-3",
                "0X1P-3",
                "1_2",
                "1_000",
                "true",
                "NaN1",
                "+NaN",
                "-nan",
                "in",
                "infinit",
                "infinityy",
                "Infinity\r",
                "1\r",
                "1\0",
                "1\u00a0",
                "\u0661",
                "\u00ff",
                "1e999",
                "-1e999",
                "1.8e308",
                "1e99999999999999999999"
            })
    void whatGoDoesNotParseIsRefused(String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);

        assertThat(new Decimal().read(bytes, 0, bytes.length)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void everyDoubleIsReadAsItWasWritten(int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            double any = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(any)) {
                assertThat(read(Double.toString(any))).isEqualTo(any);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6})
    void everyDecimalIsRoundedCorrectly(int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            String digits = Long.toString(random.nextLong() >>> random.nextInt(1, 64));
            int point = random.nextInt(digits.length() + 1);
            String text = digits.substring(0, point) + "." + digits.substring(point) + "e" + random.nextInt(-40, 40);

            assertThat(read(text)).as(text).isEqualTo(new BigDecimal(text).doubleValue());
        }
    }

    @Test
    void onlyTheGivenBytesAreRead() {
        Decimal decimal = new Decimal();

        assertThat(decimal.read("x12.5y".getBytes(ISO_8859_1), 1, 5)).isTrue();
        assertThat(decimal.value()).isEqualTo(12.5);
    }

    private static double read(String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        Decimal decimal = new Decimal();
        assertThat(decimal.read(bytes, 0, bytes.length)).as(text).isTrue();
        return decimal.value();
    }
}
