package io.nimscaler.k8s;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A program of this machine that renders manifests. A test that needs one is skipped where there is none. */
record Tool(Path program) {

    /** What a run printed, and whether it succeeded. */
    record Result(boolean isSuccess, String output, String errors) {}

    /** On the PATH, or where the end-to-end cluster's {@code build.sh} puts it. */
    static Tool named(String name) {
        Stream<Path> folders = Stream.concat(
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator)).map(Path::of),
                Stream.of(Path.of(System.getProperty("user.home"), ".cache/nim-rig/bin")));
        Optional<Path> program = folders.map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(program.isPresent(), name + " is not installed");
        return new Tool(program.orElseThrow());
    }

    Result run(String... arguments) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("errors", ".txt");
        try {
            Process process = new ProcessBuilder(Stream.concat(Stream.of(program.toString()), Stream.of(arguments))
                            .toList())
                    .redirectError(errors.toFile())
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor() == 0, output, Files.readString(errors));
        } finally {
            Files.delete(errors);
        }
    }

    /** The output of a run that has to succeed. */
    String output(List<String> arguments) throws IOException, InterruptedException {
        Result result = run(arguments.toArray(String[]::new));
        if (!result.isSuccess()) {
            throw new AssertionError(program + " " + arguments + ": " + result.errors());
        }
        return result.output();
    }
}
