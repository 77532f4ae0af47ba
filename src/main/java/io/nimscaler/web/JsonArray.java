package io.nimscaler.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/** A large answer, made entry by entry as the client reads it. As a whole it would take megabytes. */
final class JsonArray {

    private JsonArray() {}

    /**
     * @param view what is written of an entry, made when its turn comes
     */
    static <T> Response answer(ObjectMapper json, List<T> entries, Function<T, ?> view) {
        StreamingOutput written = out -> {
            String before = "[";
            for (T entry : entries) {
                out.write(before.getBytes(StandardCharsets.UTF_8));
                out.write(json.writeValueAsBytes(view.apply(entry)));
                before = ",";
            }
            out.write((entries.isEmpty() ? "[]" : "]").getBytes(StandardCharsets.UTF_8));
        };
        return Response.ok(written).build();
    }
}
