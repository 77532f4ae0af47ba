package io.nimscaler.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Attacks on a packaged scaler, each on a process of its own, and what they cost: memory, the slowest liveness probe and the slowest call
 * of a well-behaved KEDA. Needs no cluster and no root, but some 4,000 files that may be open. Prints rows of a Markdown table.
 *
 * <p>Arguments: the folder {@code quarkus-app} of a build, which may be an earlier one; then parts of the names of the attacks to make,
 * or {@code all}. {@code -Dattacks.java} are the scaler's own Java options,
 * {@code -Dattacks.port} the first of sixteen ports; those with an API server use ports from 20,000 on, too.
 */
public final class Attacks {

    private static final String JAVA_OPTIONS = "-Xmx123m -XX:+UseSerialGC";

    private Attacks() {}

    public static void main(String[] arguments) throws Exception {
        Path app = Path.of(arguments[0]);
        List<String> chosen = List.of(arguments).subList(1, arguments.length);
        List<String> javaOptions = List.of(System.getProperty("attacks.java", JAVA_OPTIONS).split(" "));
        Map<String, Attack> all = new LinkedHashMap<>(CallerAttacks.all());
        all.putAll(ClusterAttacks.all());
        System.out.println("| attack | resident before | highest | live heap meanwhile, MB | slowest probe, ms (failed) | slowest call, ms"
                + " (without a value) | answers at the end | seen |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
        List<String> names = new ArrayList<>(all.keySet());
        for (String name : names) {
            if (chosen.isEmpty() || chosen.contains("all") || chosen.stream().anyMatch(name::contains)) {
                System.out.println("| " + name + " | " + row(app, javaOptions, all.get(name), names.indexOf(name)) + " |");
            }
        }
        System.exit(0);
    }

    private static String row(Path app, List<String> javaOptions, Attack attack, int number) throws Exception {
        Path folder = Files.createDirectories(Path.of("target", "attacks", Victim.PORT + "-" + number));
        try (attack;
                StubPods _ = new StubPods(50);
                Victim victim = Victim.start(app, javaOptions, attack, folder)) {
            String seen = attack.on(victim);
            return victim.cells() + " | " + seen;
        } catch (IllegalStateException notStarted) {
            return notStarted.getMessage();
        }
    }
}
