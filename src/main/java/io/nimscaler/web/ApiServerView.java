package io.nimscaler.web;

import io.nimscaler.scaler.Contact;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether the list of ScaledObjects is known.
 *
 * @param state {@code watching}; {@code never_reached}: it is not known; {@code away}: they are as they were at {@code since};
 *     {@code not_used}: they come from the settings or the demo
 * @param since since when they are not watched; null while all is well
 * @param reason why not, in words; null while all is well
 */
@RegisterForReflection
record ApiServerView(
        String state, @Nullable Instant since, @Nullable String reason) {

    static ApiServerView of(Contact contact) {
        return switch (contact) {
            case Contact.NotUsed _, Contact.Watching _ -> new ApiServerView(contact.label(), null, null);
            case Contact.NeverReached(Instant since, String reason) ->
                new ApiServerView(contact.label(), since, reason);
            case Contact.Away(Instant since, String reason) -> new ApiServerView(contact.label(), since, reason);
        };
    }
}
