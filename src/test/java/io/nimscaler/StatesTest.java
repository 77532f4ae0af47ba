package io.nimscaler;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.nimscaler.policy.HoldReason;
import io.nimscaler.scaler.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** One list of states: those of the decisions, the page, the dashboard, REST and the documents are the same, by the same words. */
class StatesTest {

    private static final Path DASHBOARD = Path.of("k8s/monitoring/grafana-dashboard.json");

    private static final Map<String, String> TITLES =
            Arrays.stream(State.values()).collect(Collectors.toMap(State::label, State::title));

    /** The first cells of the table that follows a line, which is given by its beginning. */
    private static List<String> firstColumn(String file, String before) throws IOException {
        List<String> lines = Files.readAllLines(Path.of(file));
        assertThat(lines).as(file).anyMatch(line -> line.startsWith(before));
        return lines.stream()
                .dropWhile(line -> !line.startsWith(before))
                .dropWhile(line -> !line.startsWith("| ---"))
                .skip(1)
                .takeWhile(line -> line.startsWith("|"))
                .flatMap(line -> Stream.of(line.split("\\|")[1].strip().split(", ")))
                .toList();
    }

    @Test
    void pageHasThem() throws IOException {
        Map<String, String> onThePage = new HashMap<>();
        Matcher entry = Pattern.compile("(?m)^  (\\w+): \\{label: '([^']+)', sign: ")
                .matcher(Files.readString(Path.of("src/main/resources/META-INF/resources/page/words.js")));
        while (entry.find()) {
            onThePage.put(entry.group(1), entry.group(2));
        }
        assertThat(onThePage).isEqualTo(TITLES);
    }

    /** Of the days that are kept the page has the reasons of holds alone. One that it does not name reads as missing data. */
    @ParameterizedTest
    @EnumSource(HoldReason.class)
    void pageHasTheStateOfEachReasonOverDays(HoldReason reason) throws IOException {
        String expected = switch (reason) {
            case STABILIZATION, WINDOW_NOT_FULL, STEP_TAKEN_BACK -> "allowed";
            case REQUESTS_WAITING, REQUESTS_REFUSED -> "waiting";
            case ALL_STARTING, NO_SAMPLES, TOO_FEW_OBSERVATIONS, UNDECIDED, DEMAND_SOURCE_UNKNOWN -> "holding";
        };
        Matcher named = Pattern.compile("const (\\w+) = of\\([^)]*'" + reason.label() + "'")
                .matcher(Files.readString(Path.of("src/main/resources/META-INF/resources/page/kept.js")));
        assertThat(named.find() ? named.group(1) : "holding").isEqualTo(expected);
    }

    @Test
    void documentOfThePageHasThem() throws IOException {
        assertThat(firstColumn("src/docs/page.md", "## States")).containsExactlyInAnyOrderElementsOf(TITLES.values());
    }

    @Test
    void documentOfRestHasThem() throws IOException {
        assertThat(firstColumn("src/docs/rest.md", "`state` says in one word"))
                .containsExactlyInAnyOrderElementsOf(
                        TITLES.keySet().stream().map(label -> "`" + label + "`").toList());
    }

    @Test
    void readmeHasNoOthers() throws IOException {
        assertThat(firstColumn("README.md", "## When something is wrong"))
                .hasSizeGreaterThan(5)
                .isSubsetOf(TITLES.values());
    }

    @ParameterizedTest
    @EnumSource(State.class)
    void descriptionOfRestNamesEach(State state) throws IOException {
        assertThat(Files.readString(Path.of("src/main/java/io/nimscaler/web/ScaledObjectView.java")))
                .contains("{@code " + state.label() + "}");
    }

    /** Each number that a query makes of a state has that state's words; a refused trigger has no decision, so no such series. */
    @Test
    void dashboardHasThemByTheSameNumbers() throws IOException {
        JsonNode dashboard = Serialization.unmarshal(Files.readString(DASHBOARD), JsonNode.class);
        Map<String, String> decided = new HashMap<>(TITLES);
        decided.remove(State.REFUSED.label());
        int panels = 0;
        for (JsonNode panel : dashboard.path("panels")) {
            Map<String, String> numbers = statesByNumber(panel);
            if (numbers.isEmpty()) {
                continue;
            }
            panels++;
            Map<String, String> shown = new HashMap<>();
            numbers.forEach((number, label) -> shown.put(label, text(panel, number)));
            assertThat(shown).as(panel.path("title").asText()).isEqualTo(decided);
        }
        assertThat(panels).isEqualTo(2);
    }

    /** The numbers of triggers that need a look stand under the words of their states. */
    @Test
    void numbersOnTheDashboardHaveThem() throws IOException {
        JsonNode dashboard = Serialization.unmarshal(Files.readString(DASHBOARD), JsonNode.class);
        Map<String, String> titles = new HashMap<>();
        for (JsonNode panel : dashboard.path("panels")) {
            if (panel.path("type").asText().equals("stat")) {
                titles.put(
                        panel.at("/targets/0/expr").asText(),
                        panel.path("title").asText());
            }
        }
        Map<String, State> states = Map.of(
                "(nim_scaler_unknown)", State.UNKNOWN,
                "state=\"holding\"", State.HOLDING,
                "(nim_scaler_trigger_refused)", State.REFUSED);
        states.forEach((part, state) -> assertThat(titles).anySatisfy((expression, title) -> {
            assertThat(expression).startsWith("sum(").contains(part);
            assertThat(title).isEqualTo(state.title());
        }));
    }

    @ParameterizedTest
    @CsvSource({"NimScalerUnknown, UNKNOWN", "NimScalerHeld, HOLDING", "NimScalerTriggerRefused, REFUSED"})
    void alertOnAStateBeginsWithIt(String alert, State state) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("k8s/monitoring/prometheus-rule.yaml"));
        assertThat(lines.stream()
                        .dropWhile(line -> !line.strip().equals("- alert: " + alert))
                        .filter(line -> line.strip().startsWith("summary: "))
                        .findFirst())
                .hasValueSatisfying(line -> assertThat(line.strip()).startsWith("summary: \"" + state.title()));
    }

    private static Map<String, String> statesByNumber(JsonNode panel) {
        Map<String, String> numbers = new HashMap<>();
        Pattern number = Pattern.compile("state=\"(\\w+)\"\\} == 1\\) \\* (\\d+)");
        panel.path("targets")
                .findValuesAsText("expr")
                .forEach(expression -> number.matcher(expression)
                        .results()
                        .forEach(result -> numbers.put(result.group(2), result.group(1))));
        return numbers;
    }

    private static String text(JsonNode panel, String number) {
        Collection<JsonNode> options = panel.findValues("options");
        return options.stream()
                .map(option -> option.path(number).path("text").asText())
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
    }
}
