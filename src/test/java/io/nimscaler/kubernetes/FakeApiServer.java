package io.nimscaler.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An API server of one namespace with one ScaledObject, one Deployment and its pods, over real HTTP: lists, watches that go on from a
 * resource version, and {@code /scale}. It refuses, breaks off, forgets and goes away as a test says.
 */
final class FakeApiServer implements AutoCloseable {

    private static final String PODS = "/pods";
    private static final String SCALED_OBJECTS = "/scaledobjects";
    private static final String SCALE = "/scale";

    /** What watches are told, from the version on that it got. */
    private record Change(long version, String kind, String type, JsonObject object) {}

    private record Watch(String kind, Optional<String> selector, NetSocket socket) {}

    private final Vertx vertx = Vertx.vertx();
    private final int port;
    private final Map<String, JsonObject> pods = new LinkedHashMap<>();
    private final Map<String, JsonObject> scaledObjects = new LinkedHashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    private final List<String> forbidden = new ArrayList<>();
    private Optional<JsonObject> scale = Optional.empty();
    private long version = 1;
    private long forgottenUntil = 0;
    private boolean away;
    private boolean scaleHangs;
    private int scaleReads;
    private int refusals;

    FakeApiServer() {
        HttpServer server = vertx.createHttpServer().requestHandler(this::answer);
        port = server.listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    synchronized void scale(int spec, int status, String selector) {
        scale = Optional.of(new JsonObject()
                .put("apiVersion", "autoscaling/v1")
                .put("kind", "Scale")
                .put("metadata", new JsonObject().put("name", "llm").put("namespace", "ns"))
                .put("spec", new JsonObject().put("replicas", spec))
                .put("status", new JsonObject().put("replicas", status).put("selector", selector)));
    }

    synchronized void scaleTargetIsGone() {
        scale = Optional.empty();
    }

    /** A ready pod of this label {@code app}. */
    synchronized void pod(String name, String app) {
        JsonObject ready = new JsonObject()
                .put("type", "Ready")
                .put("status", "True")
                .put("lastTransitionTime", "2026-01-01T00:00:00Z");
        JsonObject pod = object("v1", "Pod", name)
                .put("spec", new JsonObject().put("containers", new JsonArray()))
                .put(
                        "status",
                        new JsonObject()
                                .put("phase", "Running")
                                .put("podIP", "10.1.0.1")
                                .put("conditions", new JsonArray().add(ready)));
        pod.getJsonObject("metadata").put("labels", new JsonObject().put("app", app));
        put(PODS, pods, pod);
    }

    /** It writes this annotation on a pod that is there. */
    synchronized void annotates(String name, String value) {
        JsonObject pod = Objects.requireNonNull(pods.get(name), name).copy();
        pod.getJsonObject("metadata").put("annotations", new JsonObject().put("note", value));
        put(PODS, pods, pod);
    }

    /** Who asks for {@code /scale} gets no answer. */
    synchronized void scaleHangs(boolean hangs) {
        scaleHangs = hangs;
    }

    synchronized int scaleReads() {
        return scaleReads;
    }

    /** The watches that there are stay open, and are told nothing any more: as where the other side forgot the connection. */
    synchronized void forgetsItsWatches() {
        watches.clear();
    }

    synchronized void podIsGone(String name) {
        remove(PODS, pods, name);
    }

    /** The ScaledObject with these keys and values of metadata in turn. */
    synchronized void scaledObject(String... keysAndValues) {
        scaledObject(new JsonObject(), keysAndValues);
    }

    /** The ScaledObject with this annotation. */
    synchronized void annotatedScaledObject(String annotation, String value) {
        scaledObject(new JsonObject().put(annotation, value));
    }

    private void scaledObject(JsonObject annotations, String... keysAndValues) {
        JsonObject metadata = new JsonObject()
                .put("scalerAddress", "keda-nim-scaler.keda-nim-scaler:9090")
                .put("targetValue", "0.70");
        for (int i = 0; i < keysAndValues.length; i += 2) {
            metadata.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        JsonObject trigger = new JsonObject().put("type", "external").put("metadata", metadata);
        JsonObject scaledObject = object("keda.sh/v1alpha1", "ScaledObject", "llm")
                .put(
                        "spec",
                        new JsonObject()
                                .put("minReplicaCount", 1)
                                .put("scaleTargetRef", new JsonObject().put("name", "llm"))
                                .put("triggers", new JsonArray().add(trigger)));
        scaledObject.getJsonObject("metadata").put("annotations", annotations);
        put(SCALED_OBJECTS, scaledObjects, scaledObject);
    }

    synchronized void scaledObjectIsGone() {
        remove(SCALED_OBJECTS, scaledObjects, "llm");
    }

    /** Whoever asks for these, by the last part of the path, gets a 403; watches that are open stay. */
    synchronized void forbids(String... lastParts) {
        forbidden.addAll(List.of(lastParts));
    }

    /** How many requests got a 403. */
    synchronized int refusals() {
        return refusals;
    }

    synchronized void allowsAll() {
        forbidden.clear();
    }

    /** Every watch ends as where a connection is lost. */
    synchronized void breaksWatches() {
        watches.forEach(watch -> watch.socket().close());
        watches.clear();
    }

    /** Every watch ends, and what happened until now is forgotten: who asks for it gets a 410. */
    synchronized void forgets() {
        forgottenUntil = version;
        changes.clear();
        breaksWatches();
    }

    /** All connections are cut, new ones too, until it {@linkplain #comesBack comes back}. */
    synchronized void goesAway() {
        away = true;
        breaksWatches();
    }

    synchronized void comesBack() {
        away = false;
    }

    synchronized int watches() {
        return watches.size();
    }

    private static JsonObject object(String apiVersion, String kind, String name) {
        return new JsonObject().put("apiVersion", apiVersion).put("kind", kind).put("metadata", metadata(name));
    }

    private static JsonObject metadata(String name) {
        return new JsonObject().put("name", name).put("namespace", "ns").put("uid", "uid-" + name);
    }

    private void put(String kind, Map<String, JsonObject> objects, JsonObject object) {
        String name = object.getJsonObject("metadata").getString("name");
        String type = objects.containsKey(name) ? "MODIFIED" : "ADDED";
        objects.put(name, object);
        change(kind, type, object);
    }

    private void remove(String kind, Map<String, JsonObject> objects, String name) {
        JsonObject gone = objects.remove(name);
        if (gone == null) {
            throw new IllegalStateException("there is no " + name);
        }
        change(kind, "DELETED", gone);
    }

    private void change(String kind, String type, JsonObject object) {
        version++;
        object.getJsonObject("metadata").put("resourceVersion", Long.toString(version));
        Change change = new Change(version, kind, type, object.copy());
        changes.add(change);
        watches.forEach(watch -> tell(watch, change));
    }

    private static void tell(Watch watch, Change change) {
        if (watch.kind().equals(change.kind()) && isSelected(change.object(), watch.selector())) {
            watch.socket().write(frame(event(change.type(), change.object())));
        }
    }

    private static String event(String type, JsonObject object) {
        return new JsonObject().put("type", type).put("object", object).encode();
    }

    /** Of selectors only {@code app=VALUE} is understood. */
    private static boolean isSelected(JsonObject object, Optional<String> selector) {
        JsonObject labels = object.getJsonObject("metadata").getJsonObject("labels", new JsonObject());
        return selector.isEmpty() || selector.get().equals("app=" + labels.getString("app"));
    }

    /** By hand, for Vert.x's own WebSockets are off in a JVM in which a Quarkus application ran. */
    private void upgrade(HttpServerRequest request) {
        String path = request.path();
        String query = request.query();
        request.response()
                .putHeader("Connection", "Upgrade")
                .putHeader("Upgrade", "websocket")
                .putHeader("Sec-WebSocket-Accept", WebSocketServer.accept(request.getHeader("Sec-WebSocket-Key")));
        request.toNetSocket().onSuccess(socket -> watch(lastPart(path), query, socket));
    }

    private static Buffer frame(String text) {
        return Buffer.buffer(WebSocketServer.textFrame(text));
    }

    private synchronized void watch(String kind, @Nullable String query, NetSocket socket) {
        Watch watch = new Watch(kind, selector(query), socket);
        long since = Long.parseLong(parameter(query, "resourceVersion").orElse("0"));
        if (since < forgottenUntil) {
            socket.write(frame(event("ERROR", status(410, "Expired"))));
            return;
        }
        watches.add(watch);
        // All that a client says is that it closes
        socket.handler(_ -> socket.close()).closeHandler(_ -> closed(watch));
        changes.stream().filter(change -> change.version() > since).forEach(change -> tell(watch, change));
    }

    private synchronized void closed(Watch watch) {
        watches.remove(watch);
    }

    private synchronized void answer(HttpServerRequest request) {
        HttpServerResponse response = request.response().putHeader("content-type", "application/json");
        String asked = lastPart(request.path());
        if (asked.equals(SCALE)) {
            scaleReads++;
        }
        if (away) {
            request.connection().close();
        } else if (isForbidden(request.path())) {
            refusals++;
            response.setStatusCode(403).end(status(403, "Forbidden").encode());
        } else if (request.headers().contains("Upgrade", "websocket", true)) {
            upgrade(request);
        } else if (asked.equals(SCALE) && scaleHangs) {
            request.pause();
        } else if (asked.equals(SCALE) && scale.isPresent()) {
            response.end(scale.get().encode());
        } else if (asked.equals(PODS)) {
            response.end(list("v1", "PodList", pods, selector(request.query())));
        } else if (asked.equals(SCALED_OBJECTS)) {
            response.end(list("keda.sh/v1alpha1", "ScaledObjectList", scaledObjects, selector(request.query())));
        } else {
            response.setStatusCode(404).end(status(404, "NotFound").encode());
        }
    }

    private String list(String apiVersion, String kind, Map<String, JsonObject> objects, Optional<String> selector) {
        JsonArray items = new JsonArray();
        objects.values().stream().filter(object -> isSelected(object, selector)).forEach(items::add);
        return new JsonObject()
                .put("apiVersion", apiVersion)
                .put("kind", kind)
                .put("metadata", new JsonObject().put("resourceVersion", Long.toString(version)))
                .put("items", items)
                .encode();
    }

    private boolean isForbidden(String path) {
        return forbidden.contains(lastPart(path));
    }

    private static String lastPart(String path) {
        return path.substring(path.lastIndexOf('/'));
    }

    private static Optional<String> selector(@Nullable String query) {
        return parameter(query, "labelSelector");
    }

    private static Optional<String> parameter(@Nullable String query, String name) {
        return Stream.of(query == null ? new String[0] : query.split("&"))
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> URLDecoder.decode(pair.substring(name.length() + 1), UTF_8))
                .findFirst();
    }

    private static JsonObject status(int code, String reason) {
        return new JsonObject()
                .put("apiVersion", "v1")
                .put("kind", "Status")
                .put("status", "Failure")
                .put("code", code)
                .put("reason", reason);
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
