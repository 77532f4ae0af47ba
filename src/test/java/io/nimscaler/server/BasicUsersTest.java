package io.nimscaler.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nimscaler.files.NamedFile;
import io.nimscaler.files.UnusableFileException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BasicUsersTest {

    @TempDir
    private Path folder;

    private BasicUsers users(String content) throws Exception {
        return of(Files.writeString(folder.resolve("users"), content));
    }

    private static BasicUsers of(Path file) throws UnusableFileException {
        return BasicUsers.of(new NamedFile("nim-scaler.api.users-file", file.toString()));
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void usersOfTheFileAreAccepted() throws Exception {
        BasicUsers users = users("\n ada:count:less\r\nb\u00f6b:p\u00e4ss\n\n");
        assertThat(users.accept(basic("ada:count:less"))).isTrue();
        assertThat(users.accept(basic("b\u00f6b:p\u00e4ss"))).isTrue();
        assertThat(users.accept(basic("ada:count:less").replace("Basic", "bAsIc")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ada:count", "ada:", "ada", ":count:less", "", "bob:count:less", "ADA:count:less"})
    void othersAreNot(String credentials) throws Exception {
        assertThat(users("ada:count:less").accept(basic(credentials))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Basic", "Basic ", "Basic !!", "Bearer YWRhOmNvdW50", "YWRhOmNvdW50"})
    void whatIsNotBasicIsNot(String header) throws Exception {
        assertThat(users("ada:count").accept(header)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "ada", "ada:", ":secret", "ada:secret\nbob"})
    void fileWithoutUsersStopsTheStartAndIsNotQuoted(String content) {
        assertThatThrownBy(() -> users(content))
                .isInstanceOf(UnusableFileException.class)
                .hasMessageStartingWith("nim-scaler.api.users-file = \"" + folder)
                .hasMessageEndingWith("users\": expected lines user:password");
    }

    @Test
    void fileThatIsNotThereStopsTheStart() {
        assertThatThrownBy(() -> of(folder.resolve("none")))
                .isInstanceOf(UnusableFileException.class)
                .hasMessageContaining("expected a file that can be read, got NoSuchFileException");
    }
}
