package io.nimscaler.scaler;

import io.nimscaler.trigger.Printable;
import io.nimscaler.trigger.Trigger;
import java.util.Optional;

/**
 * What the author of a ScaledObject should know and no decision tells: a trigger that is refused, or one that works but probably
 * not as meant. It lasts until the ScaledObject changes. A notice on its replicas lasts as long as {@link Following} says.
 *
 * @param where the entry of {@code spec} that it is about, such as {@code triggers[1]}; {@code triggers} where it is about all of them,
 *     {@code scaleTargetRef} where it is about the replicas
 * @param trigger the trigger that it is about; empty where it is refused, or the notice is about all of them
 * @param reason one word, as the reason of the Event
 * @param text one line of at most 1,000 characters
 */
public record Notice(ScaledObjectId scaledObject, String where, Optional<Trigger> trigger, String reason, String text) {

    /** The reason of a notice on a trigger that has no scaler, because something is wrong with it. */
    public static final String TRIGGER_REFUSED = "TriggerRefused";

    /** The reason of a notice on a trigger that works, and hardly as it is meant. */
    public static final String TRIGGER_QUESTIONABLE = "TriggerQuestionable";

    /** The reason of a notice that KEDA is paused on purpose, so that whatever is decided changes nothing. */
    public static final String PAUSED = "Paused";

    /** The same in one direction. */
    public static final String PAUSED_IN_PART = "PausedInPart";

    private static final int LONGEST = 1_000;

    public Notice {
        text = Printable.of(text, LONGEST);
    }

    /** Whether what it is about has no scaler, so that there is no decision either. */
    public boolean isRefusal() {
        return reason.equals(TRIGGER_REFUSED);
    }

    /** Whether nothing that is decided changes the replicas, because a user wanted it so. */
    public boolean isPause() {
        return reason.equals(PAUSED);
    }

    /** Whether it is about the trigger of this snapshot. */
    public boolean isAbout(Snapshot snapshot) {
        return !isRefusal()
                && scaledObject.equals(snapshot.scaledObject())
                && trigger.map(snapshot.trigger()::equals).orElse(true);
    }
}
