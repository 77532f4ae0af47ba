package io.nimscaler.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class ScrapeLogTest {

    /** Vert.x by itself logs an error for each broken connection: thousands a minute while a fleet restarts. */
    @Test
    void troubleWithPodsIsNotLogged() throws Exception {
        List<String> logged = new CopyOnWriteArrayList<>();
        Handler handler = collecting(logged);
        Logger.getLogger("io.vertx").addHandler(handler);
        Vertx vertx = Vertx.vertx();
        Asker asker = new Asker(vertx, Asker.PATIENT);
        List<RawPod> pods = List.of(
                RawPod.start(vertx, RawPod.says("garbage\r\n\r\n")),
                RawPod.start(vertx, RawPod.saysAndCloses("")),
                RawPod.start(vertx, RawPod.saysAndCloses("HTTP/1.1 200 OK\r\nX")),
                RawPod.start(vertx, RawPod.saysAndCloses("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")),
                RawPod.start(vertx, RawPod.says(RawPod.ok("") + "more than was announced\r\n\r\n")));
        try {
            for (RawPod pod : pods) {
                asker.ask(pod.port());
            }
            asker.close();
        } finally {
            Logger.getLogger("io.vertx").removeHandler(handler);
        }

        assertThat(logged).isEmpty();
    }

    private static Handler collecting(List<String> messages) {
        return new Handler() {
            @Override
            public void publish(LogRecord entry) {
                if (entry.getLevel().intValue() > Level.FINE.intValue()) {
                    messages.add(entry.getLoggerName() + ": " + entry.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }
}
