package io.nimscaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.config.ScalerSettings;
import io.nimscaler.settings.SettingNames;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.TriggerKey;
import io.nimscaler.trigger.TriggerParser;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The README does not lie: its tables are those of the code. */
class ReadmeTest {

    private static final Pattern ROW = Pattern.compile("^\\| `([^`]+)` \\| ([^|]*) \\|.*");

    private static List<String> readme() {
        return lines("README.md");
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** First column → second column of the table under a heading. */
    private static Map<String, String> table(List<String> lines, String heading) {
        Map<String, String> rows = new LinkedHashMap<>();
        for (String line : lines.subList(lines.indexOf(heading) + 1, lines.size())) {
            if (line.startsWith("## ")) {
                break;
            }
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                rows.put(row.group(1), row.group(2).strip());
            }
        }
        return rows;
    }

    private static Optional<String> code(String cell) {
        return cell.startsWith("`") ? Optional.of(cell.replace("`", "")) : Optional.empty();
    }

    @Test
    void tableOfTriggerMetadataHasEveryKeyWithItsDefault() {
        Map<String, String> rows = table(lines("src/docs/metadata.md"), "# Trigger metadata");
        assertThat(rows.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(TriggerKey.values()).map(TriggerKey::key).toList());
        for (TriggerKey key : TriggerKey.values()) {
            assertThat(code(rows.getOrDefault(key.key(), ""))).as(key.key()).isEqualTo(key.defaultText());
        }
    }

    @Test
    void everyDefaultOfTheTableParses() {
        Map<String, String> metadata = new HashMap<>(Map.of("targetValue", "0.70"));
        table(lines("src/docs/metadata.md"), "# Trigger metadata")
                .forEach((key, cell) -> code(cell).ifPresent(text -> metadata.put(key, text)));
        assertThat(TriggerParser.parse(metadata)).isInstanceOf(ParsedTrigger.Valid.class);
    }

    @Test
    void tableOfSettingsHasEverySettingWithItsDefault() {
        Map<String, String> settings = new HashMap<>();
        collect("nim-scaler", ScalerSettings.class, settings);
        Map<String, String> rows = table(lines("src/docs/settings.md"), "# Settings");
        assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(settings.keySet());
        assertThat(SettingNames.KNOWN.stream().map(name -> "nim-scaler." + name))
                .containsExactlyElementsOf(rows.keySet());
        assertThat(readme()).anyMatch(line -> line.contains("[all " + rows.size() + " with defaults and ranges]"));
        settings.forEach((name, value) -> {
            if (!value.isEmpty()) {
                assertThat(code(rows.getOrDefault(name, ""))).as(name).hasValue(value);
            }
        });
    }

    private static void collect(String prefix, Class<?> type, Map<String, String> settings) {
        for (Method method : type.getDeclaredMethods()) {
            String name =
                    prefix + "." + method.getName().replaceAll("([A-Z])", "-$1").toLowerCase();
            if (method.getReturnType().getDeclaringClass() == ScalerSettings.class) {
                collect(name, method.getReturnType(), settings);
            } else if (method.getGenericReturnType() instanceof ParameterizedType map
                    && map.getRawType() == Map.class
                    && map.getActualTypeArguments()[1] instanceof Class<?> group
                    && group.getDeclaringClass() == ScalerSettings.class) {
                collect(name + ".NAME", group, settings);
            } else {
                WithDefault value = method.getAnnotation(WithDefault.class);
                String key = method.getReturnType() == Map.class ? name + ".KEY" : name;
                settings.put(key, value == null ? "" : value.value());
            }
        }
    }

    @Test
    void readmeIsReadInMinutes() {
        assertThat(readme().stream()
                        .flatMap(line -> Stream.of(line.strip().split("\\s+")))
                        .filter(word -> !word.isEmpty()))
                .hasSizeLessThanOrEqualTo(1_000);
        assertThat(readme()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(160));
    }

    static Stream<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.list(Path.of("src/docs"))) {
            return Stream.concat(
                    Stream.of(Path.of("README.md")),
                    docs.filter(file -> file.toString().endsWith(".md")).toList().stream());
        }
    }

    /** Tables and blocks of code aside: no line is longer than a screen is wide. */
    @ParameterizedTest
    @MethodSource("documents")
    void linesFitOnAScreen(Path document) {
        boolean isCode = false;
        for (String line : lines(document.toString())) {
            isCode ^= line.strip().startsWith("```");
            if (!isCode && !line.startsWith("|")) {
                assertThat(line).as("%s", document).hasSizeLessThanOrEqualTo(160);
            }
        }
    }

    /** To a file that there is and, in Markdown, to a heading that it has. */
    @ParameterizedTest
    @MethodSource("documents")
    void linksLeadSomewhere(Path document) {
        Pattern link = Pattern.compile("\\]\\(([^)#:]*)(?:#([^)]+))?\\)");
        Path folder = Optional.ofNullable(document.getParent()).orElse(Path.of(""));
        lines(document.toString()).stream()
                .flatMap(line -> link.matcher(line).results())
                .forEach(result -> {
                    Path file = result.group(1).isEmpty() ? document : folder.resolve(result.group(1));
                    assertThat(file).exists();
                    if (result.group(2) != null && file.toString().endsWith(".md")) {
                        assertThat(anchors(file.toString())).as("%s", file).contains(result.group(2));
                    }
                });
    }

    private static List<String> anchors(String file) {
        return lines(file).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .toList();
    }

    @Test
    void everyScenarioStandsInItsTable() throws IOException {
        List<String> scenarios = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("src/e2e/java/io/nimscaler/e2e/scenario"))) {
            for (Path file : files.toList()) {
                if (Files.readString(file).contains("@Test")) {
                    scenarios.add(file.getFileName().toString().replace(".java", ""));
                }
            }
        }
        assertThat(table(lines("src/docs/end-to-end.md"), "## The scenarios").keySet())
                .containsExactlyInAnyOrderElementsOf(scenarios);
    }

    @Test
    void everyDocumentStandsInTheIndex() throws IOException {
        assertThat(documents().map(file -> file.getFileName().toString()).filter(name -> !name.equals("README.md")))
                .allSatisfy(name -> assertThat(String.join("\n", lines("src/docs/README.md")))
                        .contains("(" + name));
    }
}
