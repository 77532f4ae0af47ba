package io.nimscaler.scaler;

import io.nimscaler.poll.Problem;
import io.nimscaler.trigger.PodPort;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One pod as its cluster describes it: neither finished nor terminating.
 *
 * @param maxRunning how many requests it works on at once, as its containers are told; empty: they are not
 * @param drain what its requests get when it is deleted; empty: not known
 */
public record Pod(
        String uid, String name, Access access, Startup startup, OptionalInt maxRunning, Optional<Drain> drain) {

    /** One of which is not known how many requests it works on at once, and what they get when it is deleted. */
    public Pod(String uid, String name, Access access, Startup startup) {
        this(uid, name, access, startup, OptionalInt.empty(), Optional.empty());
    }

    /**
     * What its requests get when it is deleted.
     *
     * @param graceSeconds {@code terminationGracePeriodSeconds}: after that, its preStop hook included, what still runs is killed
     * @param hasPreStop whether any of its containers has a preStop hook, before which none is told to end
     */
    public record Drain(long graceSeconds, boolean hasPreStop) {}

    /**
     * Where it can be asked.
     *
     * @param address IP address; empty: it has none yet
     * @param namedPorts the named container ports
     * @param onlyPort the port at which it is asked, whatever the trigger says; empty: the trigger's
     * @param node name of the node on which it runs; empty: none yet, or not known
     * @param offLimits why it must not be asked, whatever it serves; empty: it may be
     */
    public record Access(
            Optional<String> address,
            Map<String, Integer> namedPorts,
            OptionalInt onlyPort,
            Optional<String> node,
            Optional<String> offLimits) {

        public Access {
            namedPorts = Map.copyOf(namedPorts);
        }

        /** It may be asked, on an unknown node. */
        public static Access at(Optional<String> address, Map<String, Integer> namedPorts) {
            return new Access(address, namedPorts, OptionalInt.empty(), Optional.empty(), Optional.empty());
        }

        /** The port's number; empty: there is no container port of that name. */
        OptionalInt number(PodPort port) {
            return onlyPort.isPresent()
                    ? onlyPort
                    : switch (port) {
                        case PodPort.Numbered(int number) -> OptionalInt.of(number);
                        case PodPort.Named(String portName) ->
                            namedPorts.containsKey(portName)
                                    ? OptionalInt.of(namedPorts.get(portName))
                                    : OptionalInt.empty();
                    };
        }
    }

    /**
     * How far it has come.
     *
     * @param since when it was scheduled; if it is not, when it was made
     * @param unschedulable no node has taken it, though one was looked for
     * @param readySince since when it is ready; empty: it is not
     * @param everReady whether it is known to have been ready at any time
     * @param restarting it is not ready, and has not been since a container of it was last started
     * @param lastRun how the run before ended, for example {@code exit code 137 (OOMKilled)}; empty: it is not known, or it does not restart
     * @param obstacle why it cannot run, as its conditions and container statuses say; empty: they name nothing
     */
    public record Startup(
            Instant since,
            boolean unschedulable,
            Optional<Instant> readySince,
            boolean everReady,
            boolean restarting,
            Optional<String> lastRun,
            Optional<Problem> obstacle) {

        /** A pod of which nothing is known that keeps it from running. */
        public Startup(
                Instant since,
                boolean unschedulable,
                Optional<Instant> readySince,
                boolean everReady,
                boolean restarting) {
            this(since, unschedulable, readySince, everReady, restarting, Optional.empty(), Optional.empty());
        }

        /** Ready since a moment. */
        public static Startup ready(Instant since, Instant readySince) {
            return new Startup(since, false, Optional.of(readySince), true, false);
        }

        /** Scheduled, and never ready. */
        public static Startup starting(Instant since) {
            return new Startup(since, false, Optional.empty(), false, false);
        }
    }

    /** IP address; empty: it has none yet. */
    public Optional<String> address() {
        return access.address();
    }

    /** Whether it is ready now. */
    public boolean ready() {
        return startup.readySince().isPresent();
    }

    /** The same one, on this node. */
    public Pod on(Optional<String> itsNode) {
        return at(new Access(access.address, access.namedPorts, access.onlyPort, itsNode, access.offLimits));
    }

    /** The same one, not to be asked. */
    public Pod offLimits(String why) {
        return at(new Access(access.address, access.namedPorts, access.onlyPort, access.node, Optional.of(why)));
    }

    /** The same one, asked at this port. */
    public Pod onlyAt(int port) {
        return at(new Access(access.address, access.namedPorts, OptionalInt.of(port), access.node, access.offLimits));
    }

    /** The same one, whose containers are told so. */
    public Pod worksOnAtMost(OptionalInt requests) {
        return new Pod(uid, name, access, startup, requests, drain);
    }

    /** The same one, whose requests get that when it is deleted. */
    public Pod drainsBy(Optional<Drain> other) {
        return new Pod(uid, name, access, startup, maxRunning, other);
    }

    private Pod at(Access other) {
        return new Pod(uid, name, other, startup, maxRunning, drain);
    }
}
