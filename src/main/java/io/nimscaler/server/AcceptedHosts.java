package io.nimscaler.server;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The host names for which the port answers. An attacker can make a DNS name that points here. A page under that name could then
 * read what a browser behind the firewall may read (DNS rebinding). An IP address cannot be misused in this way.
 */
final class AcceptedHosts {

    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    private final List<String> accepted;

    /**
     * @param accepted names, compared without case; {@code *.NAME}: all that end so; {@code *}: any
     */
    AcceptedHosts(Collection<String> accepted) {
        this.accepted = accepted.stream()
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** Whether by this one; a request that says none, which no browser sends, is accepted. */
    boolean accept(HttpServerRequest request) {
        HostAndPort authority = request.authority();
        // Where it is malformed there is none, and the header tells
        String host = authority == null ? request.getHeader("host") : authority.host();
        return host == null || accept(host);
    }

    /**
     * @param name without a port
     */
    boolean accept(String name) {
        String host = name.toLowerCase(Locale.ROOT);
        return host.startsWith("[")
                || IPV4.matcher(host).matches()
                || accepted.stream().anyMatch(one -> fits(one, host));
    }

    private static boolean fits(String accepted, String host) {
        if (accepted.startsWith("*")) {
            return host.endsWith(accepted.substring(1)) && host.length() > accepted.length() - 1
                    || accepted.equals("*");
        }
        return host.equals(accepted);
    }
}
