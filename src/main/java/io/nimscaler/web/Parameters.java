package io.nimscaler.web;

import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** Reads query parameters; what is wrong is said with its name, its value and what was expected. */
final class Parameters {

    private Parameters() {}

    /**
     * An ISO 8601 instant, with any offset.
     *
     * @throws BadRequestException where it is none
     */
    static Instant instant(String name, String text) {
        try {
            return OffsetDateTime.parse(text.strip()).toInstant();
        } catch (DateTimeParseException e) {
            throw badRequest(name, text, "an instant such as 2026-01-31T12:00:00Z");
        }
    }

    private static BadRequestException badRequest(String name, String text, String expected) {
        return new BadRequestException(Response.status(Response.Status.BAD_REQUEST)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new Trouble(name + " = \"" + text + "\": expected " + expected))
                .build());
    }

    /**
     * Why a request was not answered.
     *
     * @param error for people
     */
    record Trouble(String error) {}
}
