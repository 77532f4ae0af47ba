package io.nimscaler.poll;

import io.nimscaler.poll.GpuExporters.OnNode;
import io.nimscaler.trigger.MetricsPath;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Asks the GPU exporters of the nodes where a trigger reads GPUs: each once in the shortest of the intervals, however many
 * ScaledObjects and pods share it. An exporter that no trigger needs is not asked.
 */
public final class ExporterPolls {

    /** How often it is looked who is wanted, and where that is. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final GpuExporters exporters;
    private final NamesInUse names;
    private final Map<String, NodePoll> nodes = new HashMap<>();

    /** In the order in which they are due: what is not due is not looked at. */
    private final PriorityQueue<NodePoll> turns = new PriorityQueue<>(Comparator.comparing(NodePoll::due));

    /**
     * @param names which all that are asked share
     */
    public ExporterPolls(GpuExporters exporters, NamesInUse names) {
        this.exporters = exporters;
        this.names = names;
    }

    /** For a while from now on this node's exporter is asked for this, too. */
    public void want(String node, PollRequest request, Instant now) {
        NodePoll poll = nodes.get(node);
        if (poll == null) {
            poll = new NodePoll(node);
            nodes.put(node, poll);
            turns.add(poll);
        }
        poll.requests.put(request, now.plus(PollRequest.WANTED_FOR));
    }

    /** Asks those that are due. {@code delivery} gets each answer on the owner's thread, the absence of an exporter at once. */
    public void pollIfDue(Instant now, Scraper scraper, Consumer<ExporterAnswer> delivery) {
        for (NodePoll next = turns.peek(); next != null && !now.isBefore(next.due()); next = turns.peek()) {
            turns.remove();
            try {
                next.pollIfDue(now, scraper, delivery);
            } finally {
                if (next.requests.isEmpty()) {
                    nodes.remove(next.node);
                } else {
                    turns.add(next);
                }
            }
        }
    }

    private final class NodePoll {

        private final String node;
        private final Map<PollRequest, Instant> requests = new HashMap<>();
        private Optional<PollRequest> request = Optional.empty();
        private Optional<GpuExporter> exporter = Optional.empty();
        private Optional<PodPoll> poll = Optional.empty();
        private Instant lookDue = Instant.MIN;

        NodePoll(String node) {
            this.node = node;
        }

        Instant due() {
            return poll.map(PodPoll::due).filter(next -> next.isBefore(lookDue)).orElse(lookDue);
        }

        void pollIfDue(Instant now, Scraper scraper, Consumer<ExporterAnswer> delivery) {
            if (!now.isBefore(lookDue)) {
                lookDue = now.plus(LOOK_EVERY);
                look(now, delivery);
            }
            if (poll.isPresent() && exporter.isPresent()) {
                GpuExporter asked = exporter.get();
                poll.get().pollIfDue(now, scraper, polled -> delivery.accept(ExporterAnswer.of(node, asked, polled)));
            }
        }

        private void look(Instant now, Consumer<ExporterAnswer> delivery) {
            requests.values().removeIf(until -> until.isBefore(now));
            Optional<PollRequest> wanted = requests.keySet().stream().reduce(PollRequest::and);
            if (wanted.isEmpty()) {
                poll = Optional.empty();
                return;
            }
            switch (exporters.on(node)) {
                case OnNode.Exporter(GpuExporter present) -> ask(present, wanted.get(), now);
                case OnNode.None(String why) -> {
                    exporter = Optional.empty();
                    poll = Optional.empty();
                    delivery.accept(ExporterAnswer.none(node, why));
                }
            }
        }

        private void ask(GpuExporter present, PollRequest wanted, Instant now) {
            boolean same = exporter.filter(present::equals).isPresent();
            if (poll.isEmpty() || !same) {
                poll = Optional.of(new PodPoll(endpoint(present), wanted, names.of(wanted), names, now));
            } else if (!request.equals(Optional.of(wanted))) {
                poll.get().want(wanted, names.of(wanted), now);
            }
            exporter = Optional.of(present);
            request = Optional.of(wanted);
        }

        private static Endpoint endpoint(GpuExporter exporter) {
            return new Endpoint(
                    exporter.uid(),
                    exporter.scheme(),
                    exporter.host(),
                    exporter.port(),
                    new MetricsPath(List.of(exporter.path())),
                    PodAuth.ofOperator(exporter.podAuth()));
        }
    }
}
