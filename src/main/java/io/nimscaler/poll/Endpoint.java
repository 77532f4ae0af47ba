package io.nimscaler.poll;

import io.nimscaler.trigger.MetricsPath;
import io.nimscaler.trigger.Printable;
import io.nimscaler.trigger.Scheme;
import java.util.List;
import java.util.stream.Collectors;

/** Where one pod is asked. The pod's UID is part of it: an address that goes to another pod is another endpoint. */
public record Endpoint(String podUid, Scheme scheme, String host, int port, MetricsPath path, PodAuth auth) {

    /** Long paths would hide what else a message says. */
    private static final int LONGEST_SHOWN = 200;

    /**
     * For people: {@code 10.0.0.7:8000/v1/metrics}, {@code https://[fd00::7]:8000/metrics}. Further paths follow a comma. Of a path
     * its query is left out, since it may hold a secret.
     *
     * @param paths the paths that were asked
     */
    String shown(List<String> paths) {
        String address = (scheme == Scheme.HTTPS ? "https://" : "")
                + (host.contains(":") ? "[" + host + "]" : host)
                + ":" + port;
        String asked =
                paths.stream().map(one -> one.split("[?#]", 2)[0]).distinct().collect(Collectors.joining(", "));
        return Printable.of(address + asked, LONGEST_SHOWN);
    }
}
