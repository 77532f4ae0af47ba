package io.nimscaler;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rooms and the arrows between them: who may know whom. A package without a rule fails. */
class ArchitectureTest {

    private static final String BASE = "io.nimscaler";

    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(BASE);

    private static final Map<String, List<String>> CORE = Map.ofEntries(
            Map.entry("exposition", List.of()),
            Map.entry("signal", List.of("exposition", "window")),
            Map.entry("window", List.of()),
            Map.entry("hpa", List.of()),
            Map.entry("files", List.of("trigger")),
            Map.entry("trigger", List.of("signal", "hpa")),
            Map.entry("poll", List.of("exposition", "signal", "trigger")),
            Map.entry("wake", List.of("exposition", "trigger", "poll")),
            Map.entry("policy", List.of("signal", "window", "wake", "trigger", "hpa")),
            Map.entry("scaler", List.of("exposition", "signal", "window", "trigger", "poll", "wake", "policy", "hpa")),
            Map.entry(
                    "history",
                    List.of("exposition", "signal", "window", "trigger", "poll", "wake", "policy", "hpa", "scaler")),
            Map.entry("replay", List.of("signal", "window", "trigger", "policy", "hpa", "scaler", "history")));

    /** The format of recordings is the history's, and JSON is nothing to write anew; it has no clock, no thread and no I/O of its own. */
    private static final Map<String, List<String>> LIBRARIES =
            Map.of("history", List.of("com.fasterxml.jackson.."), "files", List.of("javax.net.ssl.."));

    private static final Set<String> ADAPTERS =
            Set.of("kubernetes", "scrape", "grpc", "web", "server", "telemetry", "demo", "command", "storage");

    private static final String[] FRAMEWORKS = {
        "io.quarkus..",
        "jakarta..",
        "io.vertx..",
        "io.smallrye..",
        "io.grpc..",
        "io.fabric8..",
        "io.micrometer..",
        "io.prometheus..",
        "io.netty..",
        "org.jboss.."
    };

    static Stream<String> core() {
        return CORE.keySet().stream();
    }

    static Stream<String> adapters() {
        return ADAPTERS.stream();
    }

    @ParameterizedTest
    @MethodSource("core")
    void coreRoomKnowsOnlyWhatItsRuleNames(String room) {
        String[] known = Stream.concat(Stream.of(room, "java"), CORE.getOrDefault(room, List.of()).stream())
                .map(name -> name.equals("java") ? "java.." : BASE + "." + name + "..")
                .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage(BASE + "." + room + "..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(Stream.of(
                                Stream.of(known),
                                LIBRARIES.getOrDefault(room, List.of()).stream(),
                                Stream.of("org.jspecify.."))
                        .flatMap(names -> names)
                        .toArray(String[]::new))
                .check(PRODUCT);
    }

    @ParameterizedTest
    @MethodSource("core")
    void coreRoomHasNoFrameworkNoClockAndNoThread(String room) {
        noClasses()
                .that()
                .resideInAPackage(BASE + "." + room + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(FRAMEWORKS)
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.util.concurrent.Executor.class)
                .check(PRODUCT);
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void adapterKnowsNoOtherAdapter(String adapter) {
        String[] others = Stream.concat(ADAPTERS.stream(), Stream.of("app", "settings", "config"))
                .filter(other -> !other.equals(adapter))
                .map(other -> BASE + "." + other + "..")
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(BASE + "." + adapter + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .check(PRODUCT);
    }

    /** What calls, pages, meters and probes get of the scalers has no way to change them. */
    @Test
    void readersOfDecisionsCannotWriteThem() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        BASE + ".grpc..",
                        BASE + ".web..",
                        BASE + ".telemetry..",
                        BASE + ".server..",
                        BASE + ".kubernetes..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName(BASE + ".scaler.Scalers")
                .check(PRODUCT);
    }

    /** The client that asks pods stands below decisions. */
    @Test
    void whatAsksPodsKnowsNoDecision() {
        noClasses()
                .that()
                .resideInAPackage(BASE + ".scrape..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(BASE + ".policy..", BASE + ".scaler..", BASE + ".history..")
                .check(PRODUCT);
    }

    @Test
    void wallClockIsReadInOnePlaceOnly() {
        noClasses()
                .that(DescribedPredicate.not(JavaClass.Predicates.simpleName("MonotonicClock")))
                .should()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .because("time is an argument, from MonotonicClock")
                .check(PRODUCT.that(DescribedPredicate.describe(
                        "are ours", type -> !type.getPackageName().startsWith(BASE + ".grpc.proto"))));
    }

    @Test
    void everyPackageHasARule() {
        Set<String> packages = PRODUCT.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.equals(BASE))
                .map(name -> name.substring(BASE.length() + 1).split("\\.")[0])
                .collect(Collectors.toSet());
        assertThat(Stream.of(CORE.keySet(), ADAPTERS, Set.of("app", "config", "settings"))
                        .flatMap(Set::stream))
                .containsAll(packages);
    }
}
