package io.nimscaler.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/**
 * Who may read, by basic authentication (RFC 7617). A password is compared in the same time whatever is wrong with it, and is in
 * no error.
 */
final class BasicUsers {

    private static final String SCHEME = "Basic ";

    private final List<byte[]> digests;

    private BasicUsers(List<byte[]> digests) {
        this.digests = digests;
    }

    /**
     * The users of a file, one line {@code user:password} each; blanks around a line and empty lines do not count. Blocks.
     *
     * @throws IllegalArgumentException with the setting and the file, never with what is in it
     */
    static BasicUsers of(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw wrong(file, "cannot be read as UTF-8 text");
        }
        if (lines.isEmpty() || !lines.stream().allMatch(line -> line.matches("[^:]+:.+"))) {
            throw wrong(file, "expected lines user:password");
        }
        return new BasicUsers(lines.stream().map(BasicUsers::digest).toList());
    }

    private static IllegalArgumentException wrong(Path file, String what) {
        return new IllegalArgumentException("nim-scaler.api.users-file = \"" + file + "\": " + what);
    }

    /**
     * Whether these are the credentials of one of them.
     *
     * @param authorization the header's value; {@code ""}: there was none
     */
    boolean accept(String authorization) {
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        byte[] given;
        try {
            byte[] decoded = Base64.getDecoder()
                    .decode(authorization.substring(SCHEME.length()).strip());
            given = digest(new String(decoded, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
        boolean accepted = false;
        for (byte[] digest : digests) {
            accepted |= MessageDigest.isEqual(digest, given);
        }
        return accepted;
    }

    private static byte[] digest(String userAndPassword) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(userAndPassword.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
