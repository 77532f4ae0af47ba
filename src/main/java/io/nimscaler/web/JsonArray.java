package io.nimscaler.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.core.StreamingOutput;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/** A large answer, made one entry after the other as the client reads them: all at once they are megabytes. */
final class JsonArray {

    private JsonArray() {}

    /**
     * @param view what is written of an entry, made when its turn comes
     */
    static <T> StreamingOutput of(ObjectMapper json, List<T> entries, Function<T, ?> view) {
        return out -> {
            String before = "[";
            for (T entry : entries) {
                out.write(before.getBytes(StandardCharsets.UTF_8));
                out.write(json.writeValueAsBytes(view.apply(entry)));
                before = ",";
            }
            out.write((entries.isEmpty() ? "[]" : "]").getBytes(StandardCharsets.UTF_8));
        };
    }
}
