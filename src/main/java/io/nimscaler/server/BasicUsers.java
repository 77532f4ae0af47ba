package io.nimscaler.server;

import io.nimscaler.files.NamedFile;
import io.nimscaler.files.UnusableFileException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/**
 * Users who may read, by basic authentication (RFC 7617). The comparison of a password takes the same time, whatever is wrong.
 * No error contains a password.
 */
public final class BasicUsers {

    private static final String SCHEME = "Basic ";

    private final List<byte[]> digests;

    private BasicUsers(List<byte[]> digests) {
        this.digests = digests;
    }

    /**
     * The users of a file, one line {@code user:password} each in UTF-8; blanks around a line and empty lines do not count.
     * Blocks.
     *
     * @throws UnusableFileException where it is no such file
     */
    public static BasicUsers of(NamedFile file) throws UnusableFileException {
        List<String> lines;
        try {
            lines = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(file.bytes()))
                    .toString()
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        } catch (CharacterCodingException e) {
            throw file.unusable("text in UTF-8");
        }
        if (lines.isEmpty() || !lines.stream().allMatch(line -> line.matches("[^:]+:.+"))) {
            throw file.unusable("lines user:password");
        }
        return new BasicUsers(lines.stream().map(BasicUsers::digest).toList());
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
