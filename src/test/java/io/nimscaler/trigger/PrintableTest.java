package io.nimscaler.trigger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PrintableTest {

    static Stream<Arguments> texts() {
        return Stream.of(
                Arguments.of("llm", "llm"),
                Arguments.of("", ""),
                Arguments.of("Modell für 語", "Modell für 語"),
                Arguments.of("x\r\n2026-11-30 ERROR forged", "x??2026-11-30 ERROR forged"),
                Arguments.of("\u001b[31mred\u0007", "?[31mred?"),
                Arguments.of("a\u2028b\u2029c\u0085d", "a?b?c?d"),
                Arguments.of("\u202egnp.exe\u200b\ufeff", "?gnp.exe??"),
                Arguments.of("half \ud83d", "half ?"),
                Arguments.of("whole \ud83d\ude00", "whole \ud83d\ude00"));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void onlyWhatIsVisibleIsKept(String text, String shown) {
        assertThat(Printable.of(text, 50)).isEqualTo(shown);
        assertThat(Printable.ofBytes(text, 50)).isEqualTo(shown);
    }

    @Test
    void longerTextIsCutAndSaysSo() {
        assertThat(Printable.of("abcde", 5)).isEqualTo("abcde");
        assertThat(Printable.of("abcdef", 5)).isEqualTo("abcde…");
        assertThat(Printable.of("\ud83d\ude00".repeat(6), 5)).isEqualTo("\ud83d\ude00".repeat(5) + "…");
        assertThat(Printable.of("x".repeat(5_000_000), 5)).isEqualTo("xxxxx…");
    }

    @Test
    void bytesAreCountedAndNoCharacterIsCut() {
        assertThat(Printable.ofBytes("x".repeat(1024), 1024)).isEqualTo("x".repeat(1024));
        assertThat(Printable.ofBytes("x".repeat(1025), 1024)).isEqualTo("x".repeat(1021) + "…");
        assertThat(Printable.ofBytes("語".repeat(400), 1024)).isEqualTo("語".repeat(340) + "…");
        assertThat(Printable.ofBytes("\ud83d\ude00".repeat(400), 1024)).isEqualTo("\ud83d\ude00".repeat(255) + "…");
    }

    @Test
    void anyTextIsOneLineWithinItsBounds() {
        Random random = new Random(1);
        for (int run = 0; run < 20_000; run++) {
            String text = random.ints(random.nextInt(60), 0, 0x11_0000)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            String shown = Printable.ofBytes(text, 40);
            byte[] bytes = shown.getBytes(UTF_8);
            assertThat(bytes.length).isLessThanOrEqualTo(40);
            assertThat(new String(bytes, UTF_8)).isEqualTo(shown);
            assertThat(shown.codePoints().noneMatch(Character::isISOControl)).isTrue();
            assertThat(Printable.of(text, 20).codePoints().count()).isLessThanOrEqualTo(21);
        }
    }
}
