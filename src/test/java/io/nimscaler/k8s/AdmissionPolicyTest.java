package io.nimscaler.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.nimscaler.hpa.MetricType;
import io.nimscaler.signal.Signals;
import io.nimscaler.trigger.ParsedTrigger;
import io.nimscaler.trigger.TriggerKey;
import io.nimscaler.trigger.TriggerParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The admission policy refuses what the parser refuses, by evaluating its expressions as an API server does. */
class AdmissionPolicyTest {

    private static final ValidatingAdmissionPolicy POLICY = read();
    private static final CelCompiler COMPILER = CelCompilerFactory.standardCelCompilerBuilder()
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addVar("object", SimpleType.DYN)
            .addVar("oldObject", SimpleType.DYN)
            .addVar("request", SimpleType.DYN)
            .addVar("triggers", ListType.create(SimpleType.DYN))
            .addVar("metricTypeOfFormula", SimpleType.STRING)
            .addVar("ours", ListType.create(MapType.create(SimpleType.STRING, SimpleType.STRING)))
            .addVar("keys", ListType.create(SimpleType.STRING))
            .addVar("ratios", ListType.create(SimpleType.STRING))
            .addVar("sameInShadow", ListType.create(SimpleType.STRING))
            .build();
    private static final CelRuntime RUNTIME =
            CelRuntimeFactory.standardCelRuntimeBuilder().build();
    private static final Map<String, CelRuntime.Program> PROGRAMS = new HashMap<>();

    /** Values around every limit, right and wrong for one key or another. */
    private static final List<String> VALUES = List.of(
            "",
            "0",
            "0.0",
            "0.01",
            "0.009",
            "0.7",
            "0.70",
            "0.7000",
            "0.7005",
            "0.5",
            "0.51",
            "0.500001",
            "0.0000001",
            "1000000000",
            "1000000000.001",
            "1000001",
            "1e3",
            "-1",
            "NaN",
            ".5",
            "5.",
            "00.5",
            "9999999999999",
            "0s",
            "1s",
            "999ms",
            "249ms",
            "250ms",
            "2s",
            "3s",
            "4s",
            "5m",
            "301s",
            "5m1ms",
            "1h",
            "61m",
            "1h1ms",
            "24h",
            "25h",
            "1m30s",
            "30",
            "1.5s",
            "1d",
            "-1s",
            "1s1s1s1s1s",
            "sum",
            "SUM",
            "Average",
            "avg",
            "http",
            "HTTPS",
            "ftp",
            "8000",
            "65535",
            "65536",
            "0080",
            "metrics",
            "Metrics",
            "a--b",
            "-a",
            "a-",
            "123456",
            "abcdefghijklmno",
            "abcdefghijklmnop",
            "auto",
            "/",
            "/metrics",
            "/v1/metrics?x=/../y",
            "//evil",
            "/a//b",
            "/a b",
            "/../x",
            "/a/..",
            "/a/.",
            "/a/..b",
            "/%2e%2E/x",
            "/a%0d",
            "/a%2",
            "/a%zz",
            "/a%2Fb",
            "/a%41",
            "/a#b",
            "http://evil/",
            "llm",
            "Llm",
            "a.b",
            "x\ny",
            "gpu_cache_usage_perc");

    private static ValidatingAdmissionPolicy read() {
        try {
            return Serialization.unmarshal(
                    Files.readString(Path.of("k8s/overlays/admission-policy/policy.yaml")),
                    ValidatingAdmissionPolicy.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Variables have the types that the CRD's schema gives them; the API server calls them variables.…, here by their names. */
    private static Object evaluate(String expression, Map<String, ?> variables) {
        try {
            CelRuntime.Program program = PROGRAMS.get(expression);
            if (program == null) {
                program = RUNTIME.createProgram(
                        COMPILER.compile(expression.replace("variables.", "")).getAst());
                PROGRAMS.put(expression, program);
            }
            return program.eval(variables);
        } catch (dev.cel.common.CelException e) {
            return e;
        }
    }

    /** What the API server would tell the author; an expression that fails denies, by failurePolicy. */
    private static List<String> refusals(String type, Map<String, String> metadata) {
        return refusalsOf(Map.of("triggers", List.of(Map.of("type", type, "metadata", metadata))));
    }

    private static List<String> refusalsOf(Map<String, Object> spec) {
        Map<String, Object> object = Map.of("spec", spec);
        Map<String, Object> known = new HashMap<>(Map.of("object", object));
        POLICY.getSpec()
                .getVariables()
                .forEach(variable -> known.put(variable.getName(), evaluate(variable.getExpression(), known)));
        List<String> refusals = new ArrayList<>();
        POLICY.getSpec().getValidations().forEach(validation -> {
            if (!Boolean.TRUE.equals(evaluate(validation.getExpression(), known))) {
                refusals.add(validation.getMessage());
            }
        });
        return refusals;
    }

    private static Map<String, String> metadata(String... keysAndValues) {
        Map<String, String> metadata =
                new HashMap<>(Map.of("scalerAddress", "keda-nim-scaler.keda-nim-scaler:9090", "targetValue", "0.70"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            metadata.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return metadata;
    }

    /** Whether the scaler answers with numbers for it. */
    private static boolean isValid(Map<String, String> metadata, MetricType metricType) {
        return TriggerParser.parse(metadata) instanceof ParsedTrigger.Valid valid
                && valid.trigger().under(metricType).mismatch().isEmpty();
    }

    static IntStream keys() {
        return IntStream.range(0, TriggerKey.values().length);
    }

    /** Texts whose grammar the policy leaves to the parser. */
    private static boolean isFreeText(TriggerKey key) {
        return key == TriggerKey.METRIC || key == TriggerKey.MODEL_NAME || key == TriggerKey.POD_SELECTOR;
    }

    @ParameterizedTest
    @MethodSource("keys")
    void policyAndParserAgreeOnEveryValueOfEveryKey(int index) {
        TriggerKey key = TriggerKey.values()[index];
        for (String value : VALUES) {
            Map<String, String> metadata = metadata(key.key(), value);
            boolean valid = isValid(metadata, MetricType.AVERAGE_VALUE);
            List<String> refusals = refusals("external", metadata);
            if (valid || !isFreeText(key)) {
                assertThat(refusals.isEmpty())
                        .as("%s = \"%s\": parser %s, policy %s", key.key(), value, valid, refusals)
                        .isEqualTo(valid);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void policyAndParserAgreeOnKeysTogether(long seed) {
        Random random = new Random(seed);
        List<TriggerKey> keys = Arrays.stream(TriggerKey.values())
                .filter(key -> !isFreeText(key))
                .toList();
        for (int i = 0; i < 500; i++) {
            Map<String, String> metadata = metadata();
            for (int n = random.nextInt(4); n >= 0; n--) {
                TriggerKey key = keys.get(random.nextInt(keys.size()));
                metadata.put(key.key(), VALUES.get(random.nextInt(VALUES.size())));
            }
            boolean valid = isValid(metadata, MetricType.AVERAGE_VALUE);
            assertThat(refusals("external-push", metadata).isEmpty())
                    .as("%s", metadata)
                    .isEqualTo(valid);
        }
    }

    @Test
    void policyKnowsEveryKeyAndDefault() {
        Map<String, String> metadata = metadata();
        for (TriggerKey key : TriggerKey.values()) {
            key.defaultText().ifPresent(text -> metadata.put(key.key(), text));
        }
        assertThat(refusals("external", metadata)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "polInterval, 1s",
        "shadow.targetvalue, 1",
        "shadow.caCert, x",
        "shadow, 1",
        "threshold, 1",
        "targetvalue, 1",
        "polIntervalFromEnv, X"
    })
    void unknownKeyIsRefused(String key, String value) {
        assertThat(refusals("external", metadata(key, value)))
                .singleElement()
                .asString()
                .startsWith("unknown key");
    }

    /** Its values are no reason to refuse what is reported: the parser takes them for a warning. */
    @ParameterizedTest
    @MethodSource("keys")
    void shadowHasTheKeysThatTheParserGivesIt(int index) {
        TriggerKey key = TriggerKey.values()[index];
        String value = key.defaultText().orElse("0.5");
        Map<String, String> metadata = metadata("shadow." + key.key(), value);
        boolean known = !(TriggerParser.parse(metadata) instanceof ParsedTrigger.Valid valid)
                || valid.warnings().stream().noneMatch(warning -> warning.contains("a key that a shadow can have"));
        assertThat(refusals("external", metadata).isEmpty()).as(key.key()).isEqualTo(known);
        assertThat(refusals("external", metadata("shadow." + key.key() + "FromEnv", "X"))
                        .isEmpty())
                .as(key.key())
                .isEqualTo(known);
    }

    @ParameterizedTest
    @CsvSource({"enableTLS, true", "caCert, x", "unsafeSslFromEnv, X", "pollIntervalFromEnv, POLL"})
    void kedasKeysAndValuesFromTheEnvironmentPass(String key, String value) {
        assertThat(refusals("external", metadata(key, value))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"caCert, 4096", "tlsClientCert, 4096", "tlsClientKey, 4096", "tlsCertFile, 1024", "enableTLS, 1024"})
    void kedasKeysAreBounded(String key, int longest) {
        for (int length : new int[] {longest, longest + 1}) {
            Map<String, String> metadata = metadata(key, "x".repeat(length));
            assertThat(refusals("external", metadata).isEmpty())
                    .isEqualTo(TriggerParser.parse(metadata) instanceof ParsedTrigger.Valid)
                    .isEqualTo(length == longest);
        }
    }

    @Test
    void selectorFromTheEnvironmentIsRefused() {
        assertThat(refusals("external", metadata("podSelectorFromEnv", "SELECTOR")))
                .containsExactly("podSelectorFromEnv: expected podSelector itself");
    }

    @Test
    void targetValueIsRequiredAndMayComeFromTheEnvironment() {
        Map<String, String> without = metadata("targetValueFromEnv", "T");
        assertThat(refusals("external", without)).singleElement().asString().contains("once");
        without.remove("targetValue");
        assertThat(refusals("external", without)).isEmpty();
        without.remove("targetValueFromEnv");
        assertThat(refusals("external", without)).singleElement().asString().startsWith("targetValue: expected");
    }

    @ParameterizedTest
    @CsvSource({
        "AverageValue, '', ''",
        "Value, '', ''",
        "'', '', ''",
        "Value, max(llm / 0.7), ''",
        "'', max(llm / 0.7), Value",
        "AverageValue, max(llm / 0.7), Value",
        "Value, '', Value"
    })
    void aggregationFitsTheMetricTypeAsForTheScaler(String ofTrigger, String formula, String ofFormula) {
        String compared = formula.isEmpty() ? ofTrigger : ofFormula;
        MetricType metricType = MetricType.of(compared).orElse(MetricType.AVERAGE_VALUE);
        Map<String, Object> modifiers = new HashMap<>(Map.of("formula", formula));
        if (!ofFormula.isEmpty()) {
            modifiers.put("metricType", ofFormula);
        }
        for (String aggregationType : List.of("", "sum", "SUM", "average", "max", "Max")) {
            Map<String, String> metadata =
                    aggregationType.isEmpty() ? metadata() : metadata("aggregationType", aggregationType);
            Map<String, Object> trigger = new HashMap<>(Map.of("type", "external", "metadata", metadata));
            if (!ofTrigger.isEmpty()) {
                trigger.put("metricType", ofTrigger);
            }
            Map<String, Object> spec =
                    Map.of("triggers", List.of(trigger), "advanced", Map.of("scalingModifiers", modifiers));
            assertThat(refusalsOf(spec).isEmpty())
                    .as("%s under %s", aggregationType, spec)
                    .isEqualTo(isValid(metadata, metricType));
        }
    }

    /** By every name that a signal is known by. */
    @Test
    void targetValueIsBoundedByTheSignalAsByTheParser() {
        Stream<String> gauges = Stream.of(
                        "gpu_cache_usage_perc", "num_requests_running", "num_requests_waiting", "nv_gpu_utilization")
                .flatMap(name -> Signals.named(name).seriesNames().stream());
        Stream<String> others = Stream.of(
                "serving_load",
                "DCGM_FI_DEV_GPU_UTIL",
                "DCGM_FI_DEV_MEM_COPY_UTIL",
                "DCGM_FI_PROF_GR_ENGINE_ACTIVE",
                "DCGM_FI_PROF_SM_ACTIVE",
                "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE",
                "DCGM_FI_PROF_DRAM_ACTIVE",
                "DCGM_FI_DEV_FB_USED",
                "rate(tokens_total)",
                "time_to_first_token_seconds");
        assertThat(Stream.concat(gauges, others)).hasSizeGreaterThan(20).allSatisfy(metric -> {
            for (String target : List.of("1", "1.001", "10", "10.001", "70")) {
                Map<String, String> metadata = metadata("metric", metric, "targetValue", target);
                assertThat(refusals("external", metadata).isEmpty())
                        .as("%s with target %s", metric, target)
                        .isEqualTo(TriggerParser.parse(metadata) instanceof ParsedTrigger.Valid);
            }
        });
    }

    @ParameterizedTest
    @CsvSource({
        "external, other-scaler.ns:9090, false",
        "external, my-keda-nim-scaler:9090, false",
        "external, keda-nim-scaler-2:9090, false",
        "prometheus, keda-nim-scaler:9090, false",
        "external, keda-nim-scaler, true",
        "external, dns:///KEDA-nim-scaler.ns.svc:9090, true",
        "external, dns:keda-nim-scaler.ns:9090, true",
        "external, dns://10.96.0.10/keda-nim-scaler.ns:9090, true",
        "external, dns://10.96.0.10/other/keda-nim-scaler:9090, false",
        "external-push, keda-nim-scaler:9090, true",
    })
    void onlyTriggersOfThisScalerAreJudged(String type, String address, boolean ours) {
        assertThat(refusals(type, metadata("scalerAddress", address, "nonsense", "1"))
                        .isEmpty())
                .isNotEqualTo(ours);
    }

    @Test
    void whatWasThereBeforeStaysDeletable() {
        String condition = POLICY.getSpec().getMatchConditions().getFirst().getExpression();
        Map<String, Object> wrong = Map.of("spec", Map.of("triggers", List.of(Map.of("metadata", Map.of("x", "1")))));
        Map<String, Object> right = Map.of("spec", Map.of("triggers", List.of()));
        Map<String, Object> update = Map.of("operation", "UPDATE");
        assertThat(evaluate(condition, Map.of("request", update, "object", wrong, "oldObject", wrong)))
                .isEqualTo(false);
        assertThat(evaluate(condition, Map.of("request", update, "object", wrong, "oldObject", right)))
                .isEqualTo(true);
    }
}
