package io.nimscaler.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.nimscaler.k8s.Tool.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart is written by hand beside {@code k8s/base}; these tests hold the two together. */
class HelmChartTest {

    private static final Path CHART = Path.of("k8s/helm/keda-nim-scaler");

    /** What a chart says of itself in labels, and kustomize of itself. */
    private static final List<String> LABELS_OF_THE_TOOL = List.of(
            "app.kubernetes.io/managed-by",
            "app.kubernetes.io/instance",
            "app.kubernetes.io/version",
            "app.kubernetes.io/component",
            "app.kubernetes.io/part-of",
            "app.kubernetes.io/name",
            "helm.sh/chart");

    private static List<JsonNode> chart(String release, String... arguments) throws IOException, InterruptedException {
        return objects(Tool.named("helm")
                .output(Stream.concat(
                                Stream.of(
                                        "template",
                                        release,
                                        CHART.toString(),
                                        "--namespace",
                                        "keda-nim-scaler",
                                        "--skip-tests",
                                        "--kube-version",
                                        "1.34.0"),
                                Stream.of(arguments))
                        .toList()));
    }

    private static List<JsonNode> kustomization(String folder) throws IOException, InterruptedException {
        return objects(Tool.named("kubectl").output(List.of("kustomize", folder)));
    }

    private static List<JsonNode> objects(String yaml) {
        List<JsonNode> objects = new ArrayList<>();
        for (String document : yaml.split("(?m)^---.*$")) {
            JsonNode object = Serialization.unmarshal(document, JsonNode.class);
            if (object != null && object.hasNonNull("kind")) {
                objects.add(object);
            }
        }
        return objects;
    }

    /** By kind, namespace and name; without the Namespace, which is not a chart's to make, and the labels on the object itself. */
    private static Map<String, JsonNode> comparable(List<JsonNode> objects) {
        Map<String, JsonNode> comparable = new TreeMap<>();
        for (JsonNode object : objects) {
            if (object.path("kind").asText().equals("Namespace")) {
                continue;
            }
            ObjectNode metadata = (ObjectNode) object.path("metadata");
            if (metadata.path("labels") instanceof ObjectNode labels) {
                labels.remove(LABELS_OF_THE_TOOL);
                if (labels.isEmpty()) {
                    metadata.remove("labels");
                }
            }
            sortByName(object);
            comparable.put(
                    object.path("kind").asText() + " "
                            + metadata.path("namespace").asText() + "/"
                            + metadata.path("name").asText(),
                    object);
        }
        return comparable;
    }

    /** The order of variables, volumes and mounts says nothing. */
    private static void sortByName(JsonNode node) {
        if (node instanceof ArrayNode array && !array.isEmpty() && array.get(0).has("name")) {
            List<JsonNode> sorted = StreamSupport.stream(array.spliterator(), false)
                    .sorted(Comparator.comparing(item -> item.path("name").asText()))
                    .toList();
            array.removeAll();
            sorted.forEach(array::add);
        }
        node.forEach(HelmChartTest::sortByName);
    }

    @Test
    void rendersTheBaseByDefault() throws Exception {
        assertThat(comparable(chart("keda-nim-scaler"))).isEqualTo(comparable(kustomization("k8s/base")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"gpu-exporters", "history", "leader-worker-set", "mutual-tls", "read-hpas", "single-namespace"})
    void rendersAnOverlayWithItsValues(String overlay) throws Exception {
        assertThat(comparable(chart("keda-nim-scaler", "-f", CHART + "/ci/" + overlay + "-values.yaml")))
                .isEqualTo(comparable(kustomization("k8s/overlays/" + overlay)));
    }

    @Test
    void rendersASecondInstanceAsAnotherRelease() throws Exception {
        assertThat(comparable(chart("blue"))).isEqualTo(comparable(kustomization("k8s/overlays/second-instance")));
    }

    /** These stand beside the base, and so do they in the chart. */
    @ParameterizedTest
    @ValueSource(
            strings = {"overlays/network-policy", "overlays/admission-policy", "overlays/scale-down", "monitoring"})
    void rendersWhatStandsBesideTheBase(String folder) throws Exception {
        String values = CHART + "/ci/" + Path.of(folder).getFileName() + "-values.yaml";
        Map<String, JsonNode> rendered = comparable(chart("keda-nim-scaler", "-f", values));
        rendered.keySet().removeAll(comparable(kustomization("k8s/base")).keySet());

        assertThat(rendered).isEqualTo(comparable(kustomization("k8s/" + folder)));
    }

    @Test
    void anotherReleaseIsFoundByItsOwnName() throws Exception {
        List<JsonNode> objects = chart("blue", "-f", CHART + "/ci/admission-policy-values.yaml");

        assertThat(objects)
                .allSatisfy(object ->
                        assertThat(object.at("/metadata/name").asText()).startsWith("blue-keda-nim-scaler"));
        JsonNode deployment = only("Deployment", objects);
        assertThat(deployment.at("/spec/template/spec/containers/0/env/0/name").asText())
                .isEqualTo("NIM_SCALER_KUBERNETES_SERVICE_NAMES");
        assertThat(deployment.at("/spec/template/spec/containers/0/env/0/value").asText())
                .isEqualTo("blue-keda-nim-scaler");
        String ours = only("ValidatingAdmissionPolicy", objects)
                .at("/spec/variables/0/expression")
                .asText();
        String host = ours.substring(ours.indexOf("matches('") + "matches('".length(), ours.lastIndexOf("')"));
        assertThat("blue-keda-nim-scaler.keda-nim-scaler:9090").matches(host);
        assertThat("keda-nim-scaler.keda-nim-scaler:9090").doesNotMatch(host);
    }

    private static JsonNode only(String kind, List<JsonNode> objects) {
        return objects.stream()
                .filter(object -> object.path("kind").asText().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void rendersEverythingAtOnce() throws Exception {
        List<JsonNode> objects = chart("keda-nim-scaler", "-f", CHART + "/ci/everything-values.yaml");

        JsonNode container = only("StatefulSet", objects).at("/spec/template/spec/containers/0");
        Map<String, String> variables = new TreeMap<>();
        container
                .path("env")
                .forEach(variable -> variables.put(
                        variable.path("name").asText(), variable.path("value").asText()));
        assertThat(variables)
                .containsEntry("NIM_SCALER_SCRAPE_TIMEOUT", "3s")
                .containsEntry("NIM_SCALER_KUBERNETES_NAMESPACES", "nim,nim-staging")
                .containsEntry("NIM_SCALER_PODS_AUTH_INTERNAL_NAMESPACES", "nim,nim-staging")
                .containsEntry("NIM_SCALER_PODS_AUTH_INTERNAL_CA", "/etc/keda-nim-scaler/pod-auth/internal/ca.crt")
                .containsEntry(
                        "NIM_SCALER_PODS_AUTH_INTERNAL_TOKEN_FILE", "/etc/keda-nim-scaler/pod-auth/internal/token")
                .containsEntry("NIM_SCALER_PODS_AUTH_INTERNAL_TOKEN_OVER_HTTP", "true")
                .containsEntry("NIM_SCALER_WAKE_SOURCES_GATEWAY_ABSENT_IS_ZERO", "true")
                .containsEntry("NIM_SCALER_WAKE_SOURCES_GATEWAY_POD_AUTH", "internal");
        assertThat(container.path("image").asText()).contains("@sha256:");
        assertThat(objects)
                .filteredOn(object -> object.path("kind").asText().equals("Role"))
                .hasSize(3);
    }

    @Test
    void podOfHelmTestIsNoneOfTheScalersOwn() throws Exception {
        List<JsonNode> objects = objects(Tool.named("helm")
                .output(List.of(
                        "template",
                        "x",
                        CHART.toString(),
                        "--show-only",
                        "templates/tests/answers.yaml",
                        "--kube-version",
                        "1.34.0")));

        JsonNode pod = only("Pod", objects);
        assertThat(pod.at("/metadata/labels").properties())
                .extracting(label -> label.getKey() + "=" + label.getValue().asText())
                .contains("app.kubernetes.io/name=x-keda-nim-scaler-test")
                .contains("app.kubernetes.io/component=external-scaler");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "replicas=0",
                "image.tagg=1",
                "podAuth.my-name.namespaces={nim}",
                "wakeSources.gateway.url=http://gateway/metrics",
                "history.size=much",
                "networkPolicy.apiServerPorts={0}"
            })
    void refusesValuesThatCannotBeRight(String value) throws Exception {
        Result result =
                Tool.named("helm").run("template", "x", CHART.toString(), "--kube-version", "1.34.0", "--set", value);

        assertThat(result.isSuccess()).isFalse();
        assertThat(result.errors()).contains("values don't meet the specifications of the schema");
    }

    @Test
    void lintsCleanly() throws Exception {
        Result result = Tool.named("helm").run("lint", "--strict", "--kube-version", "1.34.0", CHART.toString());

        assertThat(result.isSuccess()).as(result.output() + result.errors()).isTrue();
    }

    /** Lines {@code # -- What it is.} in values.yaml, with the key below each. */
    private static List<String> documentedValues() throws IOException {
        Pattern key = Pattern.compile("^( *)([A-Za-z]+):(.*)$");
        List<String> rows = new ArrayList<>();
        List<String> parents = new ArrayList<>();
        String text = "";
        for (String line : Files.readAllLines(CHART.resolve("values.yaml"))) {
            if (line.strip().startsWith("# -- ")) {
                text = line.strip().substring("# -- ".length());
                continue;
            }
            Matcher matcher = key.matcher(line);
            if (!matcher.matches()) {
                continue;
            }
            int depth = matcher.group(1).length() / 2;
            if (depth > parents.size()) {
                continue;
            }
            parents = new ArrayList<>(parents.subList(0, depth));
            parents.add(matcher.group(2));
            if (!text.isEmpty()) {
                String value = matcher.group(3).strip();
                rows.add("| `" + String.join(".", parents) + "` | " + (value.isEmpty() ? "" : "`" + value + "`") + " | "
                        + text.replace("|", "\\|") + " |");
                text = "";
            }
        }
        return rows;
    }

    @Test
    void readmeNamesEachValue() throws IOException {
        assertThat(Files.readAllLines(CHART.resolve("README.md"))).containsSubsequence(documentedValues());
    }

    @Test
    void schemaKnowsEachValue() throws IOException {
        JsonNode schema =
                Serialization.unmarshal(Files.readString(CHART.resolve("values.schema.json")), JsonNode.class);
        JsonNode values = Serialization.unmarshal(Files.readString(CHART.resolve("values.yaml")), JsonNode.class);

        for (Iterator<String> names = values.fieldNames(); names.hasNext(); ) {
            assertThat(schema.path("properties").has(names.next())).isTrue();
        }
    }
}
