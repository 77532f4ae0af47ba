package io.nimscaler.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The packaged scaler with the memory of the Deployment, and many ScaledObjects whose API server ends all watches at once, and
 * restarts: once a minute each, in turn. Ends with 1 where memory passed the limit, liveness did not answer, or not all
 * ScaledObjects were known again within 30 s.
 *
 * <p>{@code -Dsoak.limit=MiB}: the limit, 256 by default. Arguments: how many ScaledObjects ({@code 100x10}: with ten pods each, else one), how many minutes, and a command that starts the scaler (by default the JVM on the package).
 */
public final class StormSoak {

    private static final int API_SERVER_PORT = 18_020;
    private static final int API_PORT = 18_021;
    private static final int MANAGEMENT_PORT = 18_022;
    /** In MiB: of the native executable by default; a JVM takes 200 MB and more beside its heap. */
    private static final long LIMIT = Long.getLong("soak.limit", 256);

    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);
    private static final Pattern KNOWN = Pattern.compile("\"hpaDesiredReplicas\" ?: ?[0-9]+");

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final int number;
    private final StubApiServer api;
    private final Process scaler;
    private long slowestProbeMillis;
    private boolean dead;

    private StormSoak(int number, StubApiServer api, Process scaler) {
        this.number = number;
        this.api = api;
        this.scaler = scaler;
    }

    public static void main(String[] arguments) throws Exception {
        String[] size = (arguments.length > 0 ? arguments[0] : "1000").split("x");
        int number = Integer.parseInt(size[0]);
        int podsEach = size.length > 1 ? Integer.parseInt(size[1]) : 1;
        int minutes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 4;
        List<String> command = new ArrayList<>(List.of(arguments).subList(Math.min(2, arguments.length), arguments.length));
        if (command.isEmpty()) {
            command.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx128m",
                    "-XX:+UseSerialGC",
                    "-jar",
                    "target/quarkus-app/quarkus-run.jar"));
        }
        Path folder = Files.createDirectories(Path.of("target", "soak"));
        boolean good;
        try (StubApiServer api = new StubApiServer(number, podsEach, API_SERVER_PORT)) {
            Process scaler = start(command, folder.resolve("storm.log"));
            try {
                good = new StormSoak(number, api, scaler).run(minutes);
            } finally {
                scaler.destroy();
            }
        }
        System.exit(good ? 0 : 1);
    }

    private static Process start(List<String> command, Path log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment()
                .putAll(java.util.Map.of(
                        "KUBERNETES_MASTER", "http://127.0.0.1:" + API_SERVER_PORT,
                        "KUBERNETES_AUTH_TRYKUBECONFIG", "false",
                        "QUARKUS_HTTP_PORT", Integer.toString(API_PORT),
                        "QUARKUS_MANAGEMENT_PORT", Integer.toString(MANAGEMENT_PORT),
                        "NIM_SCALER_KUBERNETES_ALLOW_LOCAL_ADDRESSES", "true"));
        return builder.start();
    }

    private boolean run(int minutes) throws Exception {
        System.out.println(" second  what happens        known  watches  /scale  lists  resident kB  highest kB  probe ms");
        boolean good = settles("start", 60);
        for (int minute = 0; minute < minutes; minute++) {
            if (minute % 2 == 0) {
                api.forgets();
                good &= settles("all watches 410", 30);
            } else {
                api.goesAway();
                rows("API server away", 20);
                api.comesBack();
                good &= settles("API server is back", 30);
            }
        }
        long highest = kilobytes("VmHWM");
        System.out.printf(
                "%d ScaledObjects: resident %d kB, highest %d kB, slowest probe %d ms, %s%n",
                number,
                kilobytes("VmRSS"),
                highest,
                slowestProbeMillis,
                good ? "all known after each storm" : "not all known after a storm");
        return good && !dead && highest <= LIMIT << 10;
    }

    /** Whether all are known at the end of so many seconds. */
    private boolean settles(String what, int seconds) throws Exception {
        return rows(what, seconds) == number;
    }

    private long rows(String what, int seconds) throws Exception {
        long known = 0;
        for (int second = 0; second <= seconds; second += 5) {
            Thread.sleep(5_000);
            if (!scaler.isAlive()) {
                throw new IllegalStateException("the scaler has ended, see target/soak/storm.log");
            }
            long probe = probe();
            known = known();
            System.out.printf(
                    "%7d  %-18s %6d %8d %7d %6d %12d %11d %9d%n",
                    second,
                    what,
                    known,
                    api.watches(),
                    api.scaleReads(),
                    api.lists(),
                    kilobytes("VmRSS"),
                    kilobytes("VmHWM"),
                    probe);
        }
        return known;
    }

    private long probe() throws InterruptedException {
        long start = System.nanoTime();
        try {
            get("http://127.0.0.1:" + MANAGEMENT_PORT + "/q/health/live", PROBE_TIMEOUT);
        } catch (IOException noAnswer) {
            dead = System.nanoTime() - start > PROBE_TIMEOUT.toNanos() || dead;
        }
        long millis = (System.nanoTime() - start) / 1_000_000;
        slowestProbeMillis = Math.max(slowestProbeMillis, millis);
        return millis;
    }

    private long known() throws InterruptedException {
        try {
            return KNOWN.matcher(get("http://127.0.0.1:" + API_PORT + "/api/scaled-objects", Duration.ofSeconds(20)))
                    .results()
                    .count();
        } catch (IOException notYet) {
            return 0;
        }
    }

    private String get(String url, Duration timeout) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(timeout).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private long kilobytes(String what) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + scaler.pid() + "/status")).stream()
                .filter(line -> line.startsWith(what + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }
}
