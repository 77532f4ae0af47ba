package io.nimscaler.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.nimscaler.scaler.Contact;
import io.nimscaler.scaler.Notice;
import io.nimscaler.scaler.ScaledObjectId;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is wrong with ScaledObjects and no decision shows, and whether it is known which there are. The texts stand in REST: labels are
 * bounded.
 */
public final class NoticeMeters {

    private record Warned(ScaledObjectId scaledObject, String reason) {}

    private final MultiGauge refused;
    private final MultiGauge warnings;

    /**
     * @param contact whether it is known which ScaledObjects there are, asked whenever the meter is
     */
    public NoticeMeters(MeterRegistry registry, Supplier<Contact> contact) {
        this.refused = MultiGauge.builder("nim_scaler.trigger.refused")
                .description("1 while a trigger of the ScaledObject is refused; REST says why")
                .register(registry);
        this.warnings = MultiGauge.builder("nim_scaler.warning")
                .description("1 while there is a warning of this kind on the ScaledObject; REST says which")
                .register(registry);
        Gauge.builder("nim_scaler.api.server.watching", contact, asked -> value(asked.get()))
                .description(
                        "1 while the ScaledObjects are watched, 0 while the API server is away or was never reached;"
                                + " NaN where none is used")
                .strongReference(true)
                .register(registry);
    }

    private static double value(Contact contact) {
        return switch (contact) {
            case Contact.NotUsed _ -> Double.NaN;
            case Contact.Watching _ -> 1;
            case Contact.NeverReached _, Contact.Away _ -> 0;
        };
    }

    /**
     * Shows these, and no others any more.
     *
     * @param decided the ScaledObjects that have scalers
     */
    public void update(Collection<ScaledObjectId> decided, List<Notice> notices) {
        Set<ScaledObjectId> wrong = notices.stream()
                .filter(Notice::isRefusal)
                .map(Notice::scaledObject)
                .collect(Collectors.toSet());
        Set<ScaledObjectId> all = new TreeSet<>(decided);
        all.addAll(wrong);
        refused.register(
                all.stream()
                        .map(id -> MultiGauge.Row.of(tags(id), wrong.contains(id) ? 1 : 0))
                        .toList(),
                true);
        Stream<Warned> warned = notices.stream()
                .filter(notice -> !notice.isRefusal())
                .map(notice -> new Warned(notice.scaledObject(), notice.reason()))
                .distinct();
        warnings.register(
                warned.map(one -> MultiGauge.Row.of(tags(one.scaledObject()).and("reason", one.reason()), 1))
                        .toList(),
                true);
    }

    private static Tags tags(ScaledObjectId id) {
        return Tags.of("namespace", id.namespace(), "scaledobject", id.name());
    }
}
