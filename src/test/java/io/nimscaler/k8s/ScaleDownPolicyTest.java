package io.nimscaler.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cel.common.CelException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.nimscaler.scaler.DeletionCosts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Of all that the right to patch pods allows, the policy lets one annotation through. */
class ScaleDownPolicyTest {

    private static final ValidatingAdmissionPolicy POLICY = read();
    private static final CelCompiler COMPILER = CelCompilerFactory.standardCelCompilerBuilder()
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addVar("object", SimpleType.DYN)
            .addVar("oldObject", SimpleType.DYN)
            .addVar("namespaceObject", SimpleType.DYN)
            .addVar("request", SimpleType.DYN)
            .addVar("variables", SimpleType.DYN)
            .build();
    private static final CelRuntime RUNTIME =
            CelRuntimeFactory.standardCelRuntimeBuilder().build();

    private static final Map<String, Object> ALLOWED = namespace(Map.of("nim-scaler/scale-down", "idlest"));
    private static final String OURS = "-1709999993";

    private static ValidatingAdmissionPolicy read() {
        try {
            return Serialization.unmarshal(
                    Files.readString(Path.of("k8s/overlays/scale-down/policy.yaml")), ValidatingAdmissionPolicy.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> namespace(Map<String, String> labels) {
        return Map.of("metadata", Map.of("labels", labels));
    }

    private static Map<String, Object> pod(Map<String, String> labels, String... annotations) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < annotations.length; i += 2) {
            all.put(annotations[i], annotations[i + 1]);
        }
        return Map.of("metadata", Map.of("labels", labels, "annotations", all), "spec", Map.of("nodeName", "n1"));
    }

    private static Object evaluate(String expression, Map<String, ?> known) {
        try {
            return RUNTIME.createProgram(COMPILER.compile(expression).getAst()).eval(known);
        } catch (CelException e) {
            return e;
        }
    }

    private static List<String> refusals(
            Map<String, Object> before, Map<String, Object> after, Map<String, Object> namespace) {
        Map<String, Object> variables = new HashMap<>();
        Map<String, Object> known = new HashMap<>(Map.of(
                "object", after,
                "oldObject", before,
                "namespaceObject", namespace,
                "request", Map.of("subResource", "")));
        known.put("variables", variables);
        POLICY.getSpec()
                .getVariables()
                .forEach(variable -> variables.put(variable.getName(), evaluate(variable.getExpression(), known)));
        List<String> refusals = new ArrayList<>();
        POLICY.getSpec().getValidations().forEach(validation -> {
            if (!Boolean.TRUE.equals(evaluate(validation.getExpression(), known))) {
                refusals.add(validation.getMessage());
            }
        });
        return refusals;
    }

    private static final Map<String, String> APP = Map.of("app", "llm");

    @Test
    void itsOwnCostMayBeGivenChangedAndTakenBack() {
        Map<String, Object> none = pod(APP, "a", "1");
        Map<String, Object> marked = pod(APP, "a", "1", DeletionCosts.ANNOTATION, OURS);
        Map<String, Object> again = pod(APP, "a", "1", DeletionCosts.ANNOTATION, "-1710000000");
        assertThat(refusals(none, marked, ALLOWED)).isEmpty();
        assertThat(refusals(marked, again, ALLOWED)).isEmpty();
        assertThat(refusals(marked, none, ALLOWED)).isEmpty();
    }

    @Test
    void nothingElseMay() {
        Map<String, Object> none = pod(APP, "a", "1");
        assertThat(refusals(none, pod(APP, "a", "2", DeletionCosts.ANNOTATION, OURS), ALLOWED))
                .isNotEmpty();
        assertThat(refusals(none, pod(APP, DeletionCosts.ANNOTATION, OURS), ALLOWED))
                .isNotEmpty();
        assertThat(refusals(none, pod(APP, "a", "1", "b", "1"), ALLOWED)).isNotEmpty();
        assertThat(refusals(none, pod(Map.of("app", "x"), "a", "1"), ALLOWED)).isNotEmpty();
        Map<String, Object> moved = new HashMap<>(none);
        moved.put("spec", Map.of("nodeName", "n2"));
        assertThat(refusals(none, moved, ALLOWED)).isNotEmpty();
        assertThat(refusals(none, pod(APP, "a", "1", DeletionCosts.ANNOTATION, "5"), ALLOWED))
                .isNotEmpty();
    }

    @Test
    void whatSomebodyElseWroteIsNotTouched() {
        Map<String, Object> foreign = pod(APP, DeletionCosts.ANNOTATION, "100");
        assertThat(refusals(foreign, pod(APP, DeletionCosts.ANNOTATION, OURS), ALLOWED))
                .isNotEmpty();
        assertThat(refusals(foreign, pod(APP), ALLOWED)).isNotEmpty();
    }

    @Test
    void onlyInNamespacesThatSaySo() {
        Map<String, Object> marked = pod(APP, DeletionCosts.ANNOTATION, OURS);
        assertThat(refusals(pod(APP), marked, namespace(Map.of()))).hasSize(1);
        assertThat(refusals(pod(APP), marked, namespace(Map.of("nim-scaler/scale-down", "any"))))
                .hasSize(1);
    }

    @Test
    void onlyTheScalerIsLookedAt() {
        assertThat(POLICY.getSpec().getMatchConditions())
                .singleElement()
                .extracting(condition -> condition.getExpression())
                .isEqualTo("request.userInfo.username == 'system:serviceaccount:keda-nim-scaler:keda-nim-scaler'");
    }
}
