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
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The packaged scaler on 1,000 pods at a steady, right-sized load, of which some fail all the time, each in any way that nimfleet
 * knows: for an hour, or as many minutes as its one argument says, and one more minute in which all recover.
 *
 * <p>Ten ScaledObjects of 100 pods, all windows 0, so that nothing hides. What is written every ten seconds, and judged at the end:
 * answers that would scale (there must be none), answers that are unknown, resident memory, sockets. No cluster, no root. Needs
 * {@code target/nimfleet} and the package.
 */
public final class Soak {

    private static final int FLEETS = 10;
    private static final int PODS = 100;
    private static final int PODS_PORT = 18_000;
    private static final int CONTROL_PORT = 18_001;
    private static final int API_PORT = 18_002;
    private static final int MANAGEMENT_PORT = 18_003;
    private static final Duration ROW = Duration.ofSeconds(10);

    /** Beside one for each pod: the API's, the client's of this program, the event loops'. */
    private static final int OTHER_SOCKETS = 60;

    private static final Pattern DESIRED = Pattern.compile("\"hpaDesiredReplicas\" ?: ?(null|[0-9]+)");

    private record Recovery(long atNanos, String addresses) {}

    private record Row(long residentKilobytes, long sockets) {}

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final Random random = new Random(1);
    private final List<Recovery> recoveries = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();
    private long answers;
    private long unknown;
    private long below;
    private long above;

    private Soak() {}

    /** Ends with 1 where an answer was wrong, memory grew by a fifth after its first quarter, or sockets were left. */
    public static void main(String[] arguments) throws Exception {
        Duration length = Duration.ofMinutes(arguments.length > 0 ? Long.parseLong(arguments[0]) : 60);
        System.exit(new Soak().run(length) ? 0 : 1);
    }

    private boolean run(Duration length) throws Exception {
        Path folder = Files.createDirectories(Path.of("target", "soak"));
        Path settings = Files.writeString(folder.resolve("application.properties"), settings());
        Process pods = start(
                folder.resolve("nimfleet.log"),
                Path.of("target", "nimfleet").toString(),
                "-each",
                IntStream.range(0, FLEETS).mapToObj(Soak::addresses).collect(Collectors.joining(",")),
                "-port",
                Integer.toString(PODS_PORT),
                "-ctl",
                "127.0.0.1:" + CONTROL_PORT,
                "-sample",
                "src/test/resources/exposition/vllm-0.32.0-saturated.prom",
                "-value",
                "0.68");
        Process scaler = start(
                folder.resolve("scaler.log"),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // So that what is kept shows: a heap without a bound grows at leisure
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-Dquarkus.config.locations=" + settings.toAbsolutePath(),
                "-jar",
                "target/quarkus-app/quarkus-run.jar");
        try {
            awaitAnswers(scaler);
            System.out.println(" second  answers  unknown  below  above  resident kB  sockets");
            soak(scaler, length, true);
            soak(scaler, Duration.ofMinutes(1), false);
            return verdict(scaler);
        } finally {
            scaler.destroy();
            pods.destroy();
        }
    }

    private static String settings() {
        StringBuilder settings = new StringBuilder("quarkus.http.port=" + API_PORT + "\nquarkus.management.port="
                + MANAGEMENT_PORT + "\nnim-scaler.scrape.timeout=1s\n");
        for (int fleet = 0; fleet < FLEETS; fleet++) {
            String target = "nim-scaler.static-targets.llm-" + fleet + ".";
            settings.append(target).append("addresses=").append(addresses(fleet)).append('\n');
            Stream.of(
                            "targetValue=0.70",
                            "port=" + PODS_PORT,
                            "smoothingUp=0s",
                            "smoothingDown=0s",
                            "downscaleStabilizationWindow=0s")
                    .forEach(entry -> settings.append(target)
                            .append("metadata.")
                            .append(entry)
                            .append('\n'));
        }
        return settings.toString();
    }

    private static String addresses(int fleet) {
        return IntStream.rangeClosed(1, PODS).mapToObj(pod -> address(fleet, pod)).collect(Collectors.joining(","));
    }

    private static String address(int fleet, int pod) {
        return "127.7." + fleet + "." + pod;
    }

    private static Process start(Path log, String... command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private void awaitAnswers(Process scaler) throws Exception {
        for (int attempt = 0; scaler.isAlive() && attempt < 120; attempt++) {
            Thread.sleep(1_000);
            try {
                if (desired().filter("100"::equals).count() == FLEETS) {
                    return;
                }
            } catch (IOException notYet) {
                // It is still starting
            }
        }
        throw new IllegalStateException("the scaler does not answer, see target/soak");
    }

    private void soak(Process scaler, Duration length, boolean faults) throws Exception {
        if (!faults) {
            fault("all", "none");
            recoveries.clear();
        }
        List<String> modes = modes();
        long start = System.nanoTime();
        long rowDue = start;
        while (System.nanoTime() - start < length.toNanos()) {
            if (faults) {
                recover();
                breakSome(modes);
            }
            judge();
            if (System.nanoTime() >= rowDue) {
                rowDue += ROW.toNanos();
                row(scaler);
            }
            Thread.sleep(1_000);
        }
    }

    /** Mostly a few pods, at times half of a fleet or all of it, for 1 to 60 s. */
    private void breakSome(List<String> modes) throws Exception {
        int fleet = random.nextInt(FLEETS);
        int number =
                switch (random.nextInt(20)) {
                    case 0 -> PODS;
                    case 1 -> PODS / 2;
                    default -> 1 + random.nextInt(10);
                };
        int first = 1 + random.nextInt(PODS - number + 1);
        String addresses = IntStream.range(first, first + number)
                .mapToObj(pod -> address(fleet, pod))
                .collect(Collectors.joining(","));
        fault(addresses, modes.get(random.nextInt(modes.size())));
        recoveries.add(
                new Recovery(System.nanoTime() + Duration.ofSeconds(1 + random.nextInt(60)).toNanos(), addresses));
    }

    private void recover() throws Exception {
        long now = System.nanoTime();
        for (Recovery due :
                recoveries.stream().filter(one -> one.atNanos() <= now).toList()) {
            fault(due.addresses(), "none");
        }
        recoveries.removeIf(one -> one.atNanos() <= now);
    }

    private void judge() throws Exception {
        for (String desired : desired().toList()) {
            answers++;
            if (desired.equals("null")) {
                unknown++;
            } else if (Long.parseLong(desired) < PODS) {
                below++;
            } else if (Long.parseLong(desired) > PODS) {
                above++;
            }
        }
    }

    private Stream<String> desired() throws Exception {
        Matcher matcher = DESIRED.matcher(get("http://127.0.0.1:" + API_PORT + "/api/scaled-objects"));
        return matcher.results().map(match -> match.group(1)).toList().stream();
    }

    private List<String> modes() throws Exception {
        return Stream.of(get("http://127.0.0.1:" + CONTROL_PORT + "/modes").strip().split(" "))
                .filter(mode -> !mode.equals("none"))
                .toList();
    }

    private void fault(String addresses, String mode) throws Exception {
        get("http://127.0.0.1:" + CONTROL_PORT + "/fault?ip=" + addresses + "&mode=" + mode);
    }

    private String get(String url) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(20)).build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IllegalStateException(url + ": " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    private void row(Process scaler) throws IOException {
        Row row = new Row(residentKilobytes(scaler.pid()), sockets(scaler.pid()));
        rows.add(row);
        System.out.printf(
                "%7d %8d %8d %6d %6d %12d %8d%n",
                (rows.size() - 1) * ROW.toSeconds(),
                answers,
                unknown,
                below,
                above,
                row.residentKilobytes(),
                row.sockets());
    }

    private static long residentKilobytes(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    private static long sockets(long pid) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return descriptors.filter(Soak::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private boolean verdict(Process scaler) throws IOException {
        List<Row> settled = rows.subList(rows.size() / 4, rows.size());
        int third = Math.max(1, settled.size() / 3);
        long early = median(settled.subList(0, third));
        long late = median(settled.subList(settled.size() - third, settled.size()));
        long sockets = sockets(scaler.pid());
        System.out.printf(
                "%d answers: %d below, %d above, %d unknown; resident memory %d kB, then %d kB; at most %d sockets, %d at the end%n",
                answers,
                below,
                above,
                unknown,
                early,
                late,
                rows.stream().mapToLong(Row::sockets).max().orElse(0),
                sockets);
        return below == 0 && above == 0 && late <= early * 1.2 && sockets <= FLEETS * PODS + OTHER_SOCKETS;
    }

    private static long median(List<Row> some) {
        return some.stream()
                .mapToLong(Row::residentKilobytes)
                .sorted()
                .skip(some.size() / 2)
                .findFirst()
                .orElse(0);
    }
}
