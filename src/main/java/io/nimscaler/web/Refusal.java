package io.nimscaler.web;

import io.nimscaler.trigger.Violation;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/**
 * Why a request was not answered.
 *
 * @param error for people: name, value and what was expected
 * @param wrong what of it is wrong with one parameter or key each; empty where it is nothing that was asked
 */
record Refusal(String error, List<WrongView> wrong) {

    /**
     * @param key the parameter, or the key of a setting
     * @param text for people, as in {@code error}
     */
    record WrongView(String key, String text) {

        static WrongView of(Violation violation) {
            return new WrongView(violation.key(), violation.text());
        }
    }

    /**
     * An ISO 8601 instant, with any offset.
     *
     * @param name of the query parameter
     * @throws BadRequestException where it is none
     */
    static Instant instant(String name, String text) {
        try {
            return OffsetDateTime.parse(text.strip()).toInstant();
        } catch (DateTimeParseException e) {
            throw badRequest(name, text, "an instant such as 2026-01-31T12:00:00Z");
        }
    }

    /**
     * @throws BadRequestException where it is neither true nor false
     */
    static boolean flag(String name, String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw badRequest(name, text, "true or false");
        };
    }

    /**
     * @throws BadRequestException where it is none within [least, most]
     */
    static int number(String name, String text, int least, int most) {
        if (text.matches("[0-9]{1,9}") && Integer.parseInt(text) >= least && Integer.parseInt(text) <= most) {
            return Integer.parseInt(text);
        }
        throw badRequest(name, text, "a whole number from " + least + " to " + most);
    }

    static ServiceUnavailableException tooMany(String why) {
        return new ServiceUnavailableException(Response.fromResponse(response(Response.Status.SERVICE_UNAVAILABLE, why))
                .header("retry-after", "30")
                .build());
    }

    static BadRequestException badRequest(String name, String text, String expected) {
        Violation violation = new Violation(name, Optional.of(text), expected, Optional.empty());
        return badRequest(violation.text(), List.of(violation));
    }

    /**
     * @param violations that {@code why} tells of; may be empty
     */
    static BadRequestException badRequest(String why, List<Violation> violations) {
        return new BadRequestException(response(
                Response.Status.BAD_REQUEST,
                new Refusal(why, violations.stream().map(WrongView::of).toList())));
    }

    static NotFoundException notFound(String why) {
        return new NotFoundException(response(Response.Status.NOT_FOUND, why));
    }

    static ServiceUnavailableException notKnown(String why) {
        return new ServiceUnavailableException(response(Response.Status.SERVICE_UNAVAILABLE, why));
    }

    private static Response response(Response.Status status, String error) {
        return response(status, new Refusal(error, List.of()));
    }

    private static Response response(Response.Status status, Refusal refusal) {
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(refusal)
                .build();
    }
}
