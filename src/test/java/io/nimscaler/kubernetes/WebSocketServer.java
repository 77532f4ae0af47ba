package io.nimscaler.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** A server's side of a WebSocket, by hand: as much as a fake API server needs for its watches. */
public final class WebSocketServer {

    private WebSocketServer() {}

    /** RFC 6455, section 4.2.2. */
    public static String accept(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * RFC 6455, section 5.2.
     *
     * @param text shorter than 64 kB
     */
    public static byte[] textFrame(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        if (bytes.length > 0xffff) {
            throw new IllegalArgumentException("length = " + bytes.length + ", must be at most 65535");
        }
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(0x81);
        if (bytes.length < 126) {
            frame.write(bytes.length);
        } else {
            frame.write(126);
            frame.write(bytes.length >> 8);
            frame.write(bytes.length & 0xff);
        }
        frame.writeBytes(bytes);
        return frame.toByteArray();
    }
}
