package io.nimscaler.scaler;

import io.nimscaler.trigger.PodPort;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One pod as its cluster describes it: neither finished nor terminating.
 *
 * @param address IP address; empty: it has none yet
 * @param namedPorts the named container ports
 * @param onlyPort the port at which it is asked, whatever the trigger says; empty: the trigger's
 * @param ready whether it is ready now
 * @param readySince since when it is; empty where {@code ready} is false
 * @param everReady whether it is known to have been ready at any time
 * @param startingSince when it was scheduled; if it is not, when it was made
 * @param unschedulable no node has taken it, though one was looked for
 * @param node name of the node on which it runs; empty: none yet, or nobody knows
 * @param offLimits why it must not be asked, whatever it serves; empty: it may be
 * @param restarting it is not ready, and has not been since a container of it was last started
 */
public record Pod(
        String uid,
        String name,
        Optional<String> address,
        Map<String, Integer> namedPorts,
        OptionalInt onlyPort,
        boolean ready,
        Optional<Instant> readySince,
        boolean everReady,
        Instant startingSince,
        boolean unschedulable,
        Optional<String> node,
        Optional<String> offLimits,
        boolean restarting) {

    public Pod {
        namedPorts = Map.copyOf(namedPorts);
    }

    /** One that may be asked, on an unknown node. */
    public Pod(
            String uid,
            String name,
            Optional<String> address,
            Map<String, Integer> namedPorts,
            boolean ready,
            Optional<Instant> readySince,
            boolean everReady,
            Instant startingSince,
            boolean unschedulable) {
        this(
                uid,
                name,
                address,
                namedPorts,
                OptionalInt.empty(),
                ready,
                readySince,
                everReady,
                startingSince,
                unschedulable,
                Optional.empty(),
                Optional.empty(),
                false);
    }

    /** The same one, on this node. */
    public Pod on(Optional<String> itsNode) {
        return with(onlyPort, itsNode, offLimits, restarting);
    }

    /** The same one, not to be asked. */
    public Pod offLimits(String why) {
        return with(onlyPort, node, Optional.of(why), restarting);
    }

    /** The same one, asked at this port. */
    public Pod onlyAt(int port) {
        return with(OptionalInt.of(port), node, offLimits, restarting);
    }

    /** The same one, which starts once more or does not. */
    public Pod restarting(boolean itRestarts) {
        return with(onlyPort, node, offLimits, itRestarts);
    }

    private Pod with(
            OptionalInt newPort, Optional<String> newNode, Optional<String> newOffLimits, boolean newRestarting) {
        return new Pod(
                uid,
                name,
                address,
                namedPorts,
                newPort,
                ready,
                readySince,
                everReady,
                startingSince,
                unschedulable,
                newNode,
                newOffLimits,
                newRestarting);
    }

    /** The port's number; empty: this pod has no container port of that name. */
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
