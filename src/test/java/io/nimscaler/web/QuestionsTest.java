package io.nimscaler.web;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nimscaler.replay.Stop;
import io.nimscaler.replay.StoppedException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import jakarta.ws.rs.ServiceUnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a question ends, by a real client that hangs up, and by a clock that goes on. */
class QuestionsTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final long PATIENCE = 60;

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final Questions questions = new Questions(now::get);
    private final CompletableFuture<HttpServerResponse> asked = new CompletableFuture<>();
    private final Vertx vertx = Vertx.vertx();
    private Socket client = new Socket();

    @BeforeEach
    void ask() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(_ -> asked.complete(request.response())))
                .listen(0, InetAddress.getLoopbackAddress().getHostAddress())
                .toCompletionStage()
                .toCompletableFuture()
                .get(PATIENCE, TimeUnit.SECONDS);
        client = new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
        client.getOutputStream()
                .write("POST /what-if HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}".getBytes(US_ASCII));
        asked.get(PATIENCE, TimeUnit.SECONDS);
    }

    @AfterEach
    void end() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        client.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(PATIENCE, TimeUnit.SECONDS);
    }

    /** Goes on until it is stopped, as a simulation of a month would. */
    private static String workOn(Stop stop, CountDownLatch begun) {
        begun.countDown();
        while (true) {
            stop.check();
            Thread.yield();
        }
    }

    @Test
    void endsWhenTheCallerHangsUpAndTheNextOneIsAnswered() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<String> answer =
                CompletableFuture.supplyAsync(() -> questions.answer(asked.join(), stop -> workOn(stop, begun)));
        assertThat(begun.await(PATIENCE, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> questions.answer(asked.join(), _ -> "another"))
                .isInstanceOf(ServiceUnavailableException.class);

        client.close();

        assertThatThrownBy(() -> answer.get(PATIENCE, TimeUnit.SECONDS))
                .hasCauseInstanceOf(StoppedException.class)
                .hasMessageContaining("the client has hung up");
        String next = questions.answer(asked.join(), _ -> "the next");
        assertThat(next).isEqualTo("the next");
    }

    @Test
    void isLateAfterHalfOfTheTimeAndStoppedAfterAllOfIt() {
        questions.answer(asked.join(), stop -> {
            assertThat(stop.isLate()).isFalse();
            now.set(START.plus(Questions.LATE_AFTER).plus(Duration.ofSeconds(1)));
            assertThat(stop.isLate()).isTrue();
            assertThat(stop.reason()).isEmpty();
            now.set(START.plus(Questions.STOPPED_AFTER).plus(Duration.ofSeconds(1)));
            assertThat(stop.reason()).hasValueSatisfying(why -> assertThat(why).contains("from and to"));
            return "";
        });
    }
}
