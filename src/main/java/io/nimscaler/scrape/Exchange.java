package io.nimscaler.scrape;

import static io.nimscaler.poll.ScrapeFailure.CANNOT_CONNECT;
import static io.nimscaler.poll.ScrapeFailure.NOT_ALLOWED;
import static io.nimscaler.poll.ScrapeFailure.TIMEOUT;

import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.nimscaler.scrape.PodAuths.Choice;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One scrape, from the request to its one result, all of it on the owner's event loop.
 *
 * <p>The deadline is a timer over the whole exchange. The time-outs of Vert.x end at the headers: a pod that sends headers and
 * then nothing would never time out. The first of deadline, end and failure ends the exchange. Later events are ignored. If an
 * exchange is given up, its connection is closed, because what the pod still sends would be read as the next answer.
 */
final class Exchange {

    private final Vertx vertx;
    private final PodClients clients;
    private final PodAuths auths;
    private final ScrapeSettings settings;
    private final Scratch scratch;
    private final KeptBytes kept;
    private final ScrapeRequest asked;
    private final Consumer<ScrapeResult> done;

    private Choice choice = new Choice.None();
    private long deadline;
    private boolean retried;
    private boolean ended;
    private @Nullable HttpClientRequest request;
    private @Nullable Body body;

    Exchange(
            Vertx vertx,
            PodClients clients,
            PodAuths auths,
            ScrapeSettings settings,
            Scratch scratch,
            KeptBytes kept,
            ScrapeRequest asked,
            Consumer<ScrapeResult> done) {
        this.vertx = vertx;
        this.clients = clients;
        this.auths = auths;
        this.settings = settings;
        this.scratch = scratch;
        this.kept = kept;
        this.asked = asked;
        this.done = done;
    }

    void start() {
        choice = auths.choose(asked);
        if (choice instanceof Choice.Refused(String detail)) {
            vertx.runOnContext(_ -> done.accept(new Failed(NOT_ALLOWED, detail)));
            return;
        }
        deadline = vertx.setTimer(settings.timeout().toMillis(), _ -> giveUp(late()));
        connect();
    }

    private void connect() {
        clients.request(asked, choice).onComplete(this::send, this::failToConnect);
    }

    /** A connection may also close between being taken from the pool and being used. */
    private void failToConnect(Throwable cause) {
        if (!retry(cause instanceof HttpClosedException)) {
            end(Failures.whileConnecting(cause));
        }
    }

    private void send(HttpClientRequest opened) {
        opened.exceptionHandler(_ -> {}); // without one Vert.x logs an error; the response's future says it too
        if (ended) {
            opened.connection().close();
            return;
        }
        clients.use(opened);
        request = opened;
        opened.response().onComplete(this::receive, cause -> failBeforeResponse(opened, cause));
        opened.end();
    }

    /** Vert.x numbers the requests of a connection from 1. */
    private void failBeforeResponse(HttpClientRequest sent, Throwable cause) {
        if (!retry(sent.streamId() > 1 && Failures.isClosed(cause))) {
            end(Failures.whileExchanging(cause, "before the response"));
        }
    }

    /**
     * A server closes connections that were idle for long (uvicorn after 5 s), and that may cross our request. So a
     * connection that was used before and closes without a status line says nothing about the pod: ask again, once, on a
     * new one. A GET may be sent twice.
     */
    private boolean retry(boolean stale) {
        if (!stale || retried || ended) {
            return false;
        }
        retried = true;
        request = null;
        connect();
        return true;
    }

    private void receive(HttpClientResponse response) {
        Body received = ResponseHead.refusal(response)
                .<Body>map(refusal -> new RefusedBody(refusal, scratch))
                .orElseGet(() -> new MetricsBody(
                        asked.wanted(),
                        settings.limits(),
                        ResponseHead.formatOf(response),
                        ResponseHead.saysWhereBodyEnds(response),
                        scratch,
                        kept.share()));
        body = received;
        response.exceptionHandler(cause ->
                        end(received.breakOff(Failures.whileExchanging(cause, "after " + received.progress()))))
                .handler(chunk -> read(received, chunk))
                .endHandler(_ -> end(received.finish()));
    }

    private void read(Body received, Buffer chunk) {
        if (!ended) {
            Optional<ScrapeResult> enough = received.read(chunk);
            enough.ifPresent(this::giveUp);
        }
    }

    private ScrapeResult late() {
        long millis = settings.timeout().toMillis();
        String within = " within " + (millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms");
        if (body != null) {
            return body.breakOff(new Failed(TIMEOUT, "no end of the body" + within + ", got " + body.progress()));
        }
        return request == null
                ? new Failed(CANNOT_CONNECT, "no connection" + within)
                : new Failed(TIMEOUT, "no response" + within);
    }

    private void giveUp(ScrapeResult result) {
        HttpClientRequest sent = request;
        boolean first = !ended;
        ended = true;
        if (first && sent != null) {
            sent.reset();
        }
        if (first) {
            deliver(result);
        }
    }

    private void end(ScrapeResult result) {
        if (!ended) {
            ended = true;
            deliver(result);
        }
    }

    private void deliver(ScrapeResult result) {
        vertx.cancelTimer(deadline);
        done.accept(result);
        if (body != null) {
            body.release();
        }
    }
}
