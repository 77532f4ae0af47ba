package io.nimscaler;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Prometheus's {@code promtool}. The test is skipped where this machine has none. */
public final class Promtool {

    private Promtool() {}

    /** @param isSuccess whether all was as the file expects */
    public record Result(boolean isSuccess, String output) {}

    /** {@code promtool test rules FILE}, in this folder. */
    public static Result testRules(Path folder, String file) throws IOException, InterruptedException {
        assumeTrue(isOnPath("promtool"), "promtool, a part of Prometheus, is not on the PATH");
        Process process = new ProcessBuilder("promtool", "test", "rules", file)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor() == 0, output);
    }

    private static boolean isOnPath(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }
}
