package io.nimscaler.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A document of this project, followed as a reader follows it: its manifests and its commands as they stand in its blocks, of which only
 * the namespaces {@code nim} and {@code keda-nim-scaler} become those of the story. The commands run in a folder that has
 * {@code k8s/examples}, as a clone has it.
 */
public final class Document {

    private static final Duration LONGEST_COMMAND = Duration.ofSeconds(60);

    private final Story story;
    private final Path clone;
    private final List<String> lines;

    private Document(Story story, Path clone, List<String> lines) {
        this.story = story;
        this.clone = clone;
        this.lines = lines;
    }

    /** A file of the project, such as {@code src/docs/migrating.md}. */
    public static Document of(Story story, String file) {
        Path manifests = Path.of(Cluster.setting("e2e.manifests"));
        Path project = manifests.getParent().getParent();
        Path clone = story.file("clone");
        try {
            Path examples = Files.createDirectories(clone.resolve("k8s/examples"));
            try (Stream<Path> originals = Files.list(manifests.resolveSibling("examples"))) {
                for (Path original : originals.filter(Files::isRegularFile).toList()) {
                    Files.writeString(
                            examples.resolve(original.getFileName()), inItsNamespaces(story, Files.readString(original)));
                }
            }
            return new Document(story, clone, inItsNamespaces(story, Files.readString(project.resolve(file)))
                    .lines()
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String inItsNamespaces(Story story, String text) {
        return text.replace("namespace: nim\n", "namespace: " + story.namespace() + "\n")
                .replace("name: nim\n", "name: " + story.namespace() + "\n")
                .replace("-n nim ", "-n " + story.namespace() + " ")
                .replace("-n keda-nim-scaler ", "-n " + story.scalerNamespace() + " ")
                .replace("keda-nim-scaler.keda-nim-scaler:9090", Scaler.address(story));
    }

    /** The one block of YAML under a heading, as a file to apply. */
    public String yaml(String heading) {
        List<List<String>> blocks = blocks(heading, "yaml");
        if (blocks.size() != 1) {
            throw new IllegalStateException(heading + " has " + blocks.size() + " blocks of YAML, expected one");
        }
        return String.join("\n", blocks.getFirst()) + "\n";
    }

    /** Applies the block of YAML under a heading, as {@code kubectl apply -f} does. */
    public void apply(String heading) {
        Path file = clone.resolve("block.yaml");
        try {
            Files.writeString(file, yaml(heading));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run("kubectl apply -f " + file.getFileName());
    }

    /** The commands under a heading, each with what the document says that it shows. */
    public List<Command> commands(String heading) {
        List<Command> commands = new ArrayList<>();
        for (String line : blocks(heading, "sh").stream().flatMap(List::stream).toList()) {
            if (line.startsWith("#")) {
                commands.add(commands.removeLast().shows(line.substring(1).strip()));
            } else if (!line.isBlank()) {
                String[] parts = line.split(" +# ", 2);
                commands.add(new Command(parts[0].strip(), parts.length == 1 ? "" : parts[1].strip()));
            }
        }
        if (commands.isEmpty()) {
            throw new IllegalStateException(heading + " has no commands");
        }
        return commands;
    }

    private List<List<String>> blocks(String heading, String language) {
        int from = lines.indexOf(heading);
        if (from < 0) {
            throw new IllegalStateException("no heading " + heading);
        }
        List<List<String>> blocks = new ArrayList<>();
        boolean inside = false;
        for (String line : lines.subList(from + 1, lines.size())) {
            if (!inside && line.startsWith("## ")) {
                break;
            }
            if (line.startsWith("```")) {
                inside = !inside;
                if (inside) {
                    blocks.add(new ArrayList<>(List.of(line.substring(3))));
                }
            } else if (inside) {
                blocks.getLast().add(line);
            }
        }
        return blocks.stream()
                .filter(block -> block.getFirst().equals(language))
                .map(block -> block.subList(1, block.size()))
                .toList();
    }

    /** Runs a command until it shows what the document says, for so long at most. */
    public void follow(Command command, Duration within) {
        Waiting.until(
                command.text() + " shows " + command.shown(), within, () -> run(command.text()), command::isShownBy);
        story.say(command.text() + " shows " + command.shown());
    }

    private String run(String command) {
        Path output = clone.resolve("output.txt");
        try {
            Process process = new ProcessBuilder("bash", "-c", command)
                    .directory(clone.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(LONGEST_COMMAND.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /**
     * One command.
     *
     * @param shown what the document says of its output: a text that is in it, columns of its table with their values
     *     ({@code READY True, ACTIVE True}), or what is not in it ({@code no TriggerRefused, no PodsMissing}); empty: nothing
     */
    public record Command(String text, String shown) {

        private static final Pattern COLUMN = Pattern.compile("[A-Z]+ \\S.*");

        private Command shows(String more) {
            return new Command(text, more);
        }

        boolean isShownBy(String output) {
            List<String> parts = List.of(shown.split(", "));
            if (parts.stream().allMatch(part -> part.startsWith("no "))) {
                return parts.stream().noneMatch(part -> output.contains(part.substring(3)));
            }
            return parts.stream().allMatch(part -> COLUMN.matcher(part).matches())
                    ? parts.stream().allMatch(part -> isInTable(part, output))
                    : output.contains(shown);
        }

        private static boolean isInTable(String part, String output) {
            String column = part.substring(0, part.indexOf(' '));
            String value = part.substring(part.indexOf(' ') + 1);
            List<String> rows = output.lines().toList();
            if (rows.size() < 2 || !Arrays.asList(rows.getFirst().split(" +")).contains(column)) {
                return false;
            }
            int at = Math.max(rows.getFirst().indexOf(" " + column + " ") + 1, 0);
            return rows.get(1).length() >= at && rows.get(1).substring(at).matches(Pattern.quote(value) + "( {2,}.*)?");
        }
    }
}
