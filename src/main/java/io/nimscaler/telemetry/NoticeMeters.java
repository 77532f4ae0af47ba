package io.nimscaler.telemetry;

import io.nimscaler.scaler.Contact;
import io.nimscaler.scaler.Notice;
import io.nimscaler.scaler.ScaledObjectId;
import io.prometheus.client.CollectorRegistry;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What is wrong with ScaledObjects and no decision shows, and whether the list of ScaledObjects is known. The texts are in REST,
 * because labels are bounded.
 */
public final class NoticeMeters {

    private record Warned(ScaledObjectId scaledObject, String reason) {}

    private NoticeMeters() {}

    /**
     * Shows what there is whenever the gauges are asked, from any thread.
     *
     * @param decided the ScaledObjects that have scalers
     * @param contact whether it is known which ScaledObjects there are
     */
    public static void show(
            CollectorRegistry registry,
            Supplier<? extends Collection<ScaledObjectId>> decided,
            Supplier<List<Notice>> notices,
            Supplier<Contact> contact) {
        registry.register(new GaugeFamily(
                "nim_scaler_trigger_refused",
                "1 while a trigger of the ScaledObject is refused; REST says why",
                List.of("namespace", "scaledobject"),
                rows -> refused(decided.get(), notices.get(), rows)));
        registry.register(new GaugeFamily(
                "nim_scaler_warning",
                "1 while there is a warning of this kind on the ScaledObject; REST says which",
                List.of("namespace", "reason", "scaledobject"),
                rows -> warnings(notices.get(), rows)));
        registry.register(new GaugeFamily(
                "nim_scaler_api_server_watching",
                "1 while the ScaledObjects are watched, 0 while the API server is away or was never reached;"
                        + " NaN where none is used",
                List.of(),
                rows -> rows.add(List.of(), value(contact.get()))));
    }

    private static double value(Contact contact) {
        return switch (contact) {
            case Contact.NotUsed _ -> Double.NaN;
            case Contact.Watching _ -> 1;
            case Contact.NeverReached _, Contact.Away _ -> 0;
        };
    }

    private static void refused(Collection<ScaledObjectId> decided, List<Notice> notices, GaugeFamily.Rows rows) {
        Set<ScaledObjectId> wrong = notices.stream()
                .filter(Notice::isRefusal)
                .map(Notice::scaledObject)
                .collect(Collectors.toSet());
        Set<ScaledObjectId> all = new TreeSet<>(decided);
        all.addAll(wrong);
        all.forEach(id -> rows.add(List.of(id.namespace(), id.name()), wrong.contains(id) ? 1 : 0));
    }

    private static void warnings(List<Notice> notices, GaugeFamily.Rows rows) {
        notices.stream()
                .filter(notice -> !notice.isRefusal())
                .map(notice -> new Warned(notice.scaledObject(), notice.reason()))
                .distinct()
                .forEach(one -> rows.add(
                        List.of(
                                one.scaledObject().namespace(),
                                one.reason(),
                                one.scaledObject().name()),
                        1));
    }
}
