package io.nimscaler.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.TriggerParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What k8s/examples has is taken without a word of complaint. */
class ExamplesTest {

    static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("k8s/examples"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    /** Lists named triggers, wherever they stand: in a ScaledObject, or in the values of somebody's chart. */
    private static void collectTriggers(JsonNode node, List<JsonNode> triggers) {
        node.path("triggers").forEach(triggers::add);
        node.forEach(child -> collectTriggers(child, triggers));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void triggersOfAnExampleAreValid(Path example) throws IOException {
        List<JsonNode> triggers = new ArrayList<>();
        for (String document : Files.readString(example).split("(?m)^---$")) {
            collectTriggers(Serialization.unmarshal(document, JsonNode.class), triggers);
        }
        if (Files.readString(example).contains("scalerAddress")) {
            assertThat(triggers).isNotEmpty();
        }
        for (JsonNode trigger : triggers) {
            Map<String, String> metadata = new HashMap<>();
            trigger.path("metadata").properties().forEach(entry -> {
                assertThat(entry.getValue().isTextual()).as(entry.getKey()).isTrue();
                metadata.put(entry.getKey(), entry.getValue().asText());
            });
            assertThat(TriggerParser.parse(metadata))
                    .isInstanceOfSatisfying(
                            ParsedTrigger.Valid.class,
                            valid -> assertThat(valid.warnings()).isEmpty());
        }
    }
}
