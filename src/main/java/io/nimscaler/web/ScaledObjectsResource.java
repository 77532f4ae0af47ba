package io.nimscaler.web;

import io.nimscaler.history.DecisionRing;
import io.nimscaler.scaler.Scalers;
import io.nimscaler.scaler.Snapshot;
import io.nimscaler.scaler.TriggerId;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What every scaler concluded last, and shortly before. Read-only. */
@Path("/api/scaled-objects")
@Produces(MediaType.APPLICATION_JSON)
class ScaledObjectsResource {

    private final Scalers scalers;
    private final DecisionRing history;

    ScaledObjectsResource(Scalers scalers, DecisionRing history) {
        this.scalers = scalers;
        this.history = history;
    }

    /** One entry a trigger, ordered by namespace and name. */
    @GET
    public List<ScaledObjectView> all() {
        return scalers.snapshots().stream().map(ScaledObjectView::of).toList();
    }

    /** The triggers of one ScaledObject. */
    @GET
    @Path("/{namespace}/{name}")
    public List<ScaledObjectView> one(@PathParam("namespace") String namespace, @PathParam("name") String name) {
        return of(namespace, name).stream().map(ScaledObjectView::of).toList();
    }

    /**
     * The remembered decisions of one ScaledObject's triggers with their pods, oldest first: of each trigger at most 1,000 with at
     * most 50,000 pods in all, evenly thinned out where there are more.
     *
     * @param since only later ones, an ISO 8601 instant
     * @param pods false: without their pods
     */
    @GET
    @Path("/{namespace}/{name}/decisions")
    public List<ScaledObjectView> decisions(
            @PathParam("namespace") String namespace,
            @PathParam("name") String name,
            @QueryParam("since") Optional<String> since,
            @QueryParam("pods") @DefaultValue("true") boolean pods) {
        Instant from = since.map(text -> Parameters.instant("since", text)).orElse(Instant.MIN);
        return of(namespace, name).stream()
                .map(TriggerId::of)
                .flatMap(trigger -> Thinned.of(history.of(trigger), from, pods).stream())
                .map(remembered -> pods ? remembered.snapshot() : remembered.withoutPods())
                .map(ScaledObjectView::of)
                .toList();
    }

    private List<Snapshot> of(String namespace, String name) {
        List<Snapshot> found = scalers.snapshots().stream()
                .filter(snapshot -> snapshot.scaledObject().namespace().equals(namespace)
                        && snapshot.scaledObject().name().equals(name))
                .toList();
        if (found.isEmpty()) {
            throw new NotFoundException("no decision on a ScaledObject " + namespace + "/" + name);
        }
        return found;
    }
}
