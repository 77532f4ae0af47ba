package io.nimscaler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The product's version and those of its pinned libraries stand in the pom; whatever else says one says the same. */
class VersionsTest {

    private static String pom(String pattern) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(Path.of("pom.xml")));
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "README.md | keda-nim-scaler/keda-nim-scaler:([0-9.]+[0-9])",
                "src/docs/deploying.md | ghcr.io/keda-nim-scaler/keda-nim-scaler:([0-9.]+[0-9])",
                "Dockerfile.native | keda-nim-scaler/keda-nim-scaler:([0-9.]+[0-9])",
                "Dockerfile.native | (?m)^ARG VERSION=(.*)$",
                "k8s/base/kustomization.yaml | newTag: (.*)",
                "k8s/helm/keda-nim-scaler/Chart.yaml | (?m)^version: (.*)$",
                "k8s/helm/keda-nim-scaler/Chart.yaml | appVersion: (.*)",
                "k8s/examples/combined/kustomization.yaml | ref=v([0-9.]+[0-9])",
                "k8s/artifacthub/keda-nim-scaler/artifacthub-pkg.yml | (?m)^version: (.*)$",
                "k8s/artifacthub/keda-nim-scaler/artifacthub-pkg.yml | appVersion: (.*)",
                "k8s/artifacthub/keda-nim-scaler/artifacthub-pkg.yml | ref=v([0-9.]+[0-9])",
                "k8s/artifacthub/keda-nim-scaler/artifacthub-pkg.yml | keda-nim-scaler/keda-nim-scaler:([0-9.]+[0-9])",
                "src/docs/end-to-end.md | keda-nim-scaler-([0-9.]+[0-9])-SNAPSHOT-runner",
            })
    void filesSayTheVersionOfThePom(String file, String pattern) throws IOException {
        String version = pom("<version>([^<]+)</version>").replace("-SNAPSHOT", "");
        List<String> said = Pattern.compile(pattern)
                .matcher(Files.readString(Path.of(file)))
                .results()
                .map(found -> found.group(1))
                .distinct()
                .toList();
        assertThat(said).containsExactly(version);
    }

    /** Of two BOMs that name a version, the first wins: a pin may say what it likes. */
    @ParameterizedTest
    @CsvSource({
        "jackson, META-INF/maven/com.fasterxml.jackson.core/jackson-databind/pom.properties, version",
        "jackson, META-INF/maven/com.fasterxml.jackson.core/jackson-core/pom.properties, version",
        "netty, META-INF/maven/io.netty/netty-codec-http2/pom.properties, version",
    })
    void pinnedLibraryIsTheOneInTheApp(String library, String resource, String key) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = VersionsTest.class.getClassLoader().getResourceAsStream(resource)) {
            assertThat(in).as(resource).isNotNull();
            properties.load(in);
        }
        assertThat(properties.getProperty(key)).isEqualTo(pom("<" + library + "\\.version>([^<]+)<"));
    }

    @Test
    void pinnedVertxIsTheOneInTheApp() throws IOException {
        try (InputStream in =
                VersionsTest.class.getClassLoader().getResourceAsStream("META-INF/vertx/vertx-version.txt")) {
            assertThat(in).isNotNull();
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8).strip())
                    .isEqualTo(pom("<vertx\\.version>([^<]+)<"));
        }
    }
}
