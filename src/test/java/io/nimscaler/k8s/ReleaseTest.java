package io.nimscaler.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code src/release/release} in a copy of the checkout, with a stand-in for what Maven builds. */
class ReleaseTest {

    private static final String NAME = "keda-nim-scaler";
    private static final String IMAGE = "ghcr.io/keda-nim-scaler/keda-nim-scaler";
    private static final String DIGEST = "sha256:" + "7".repeat(64);
    private static final String BILL = """
            {"components": [
              {"name": "apache", "version": "1", "licenses": [{"license": {"id": "Apache-2.0"}}]},
              {"name": "dual", "version": "1", "licenses": [{"license": {"id": "EPL-2.0"}}, {"license": {"id": "Apache-2.0"}}]},
              {"name": "asm", "version": "9", "licenses": [{"license": {"id": "BSD-3-Clause"}}]},
              {"name": "own-text", "version": "2", "licenses": [{"license": {"id": "MIT"}}]}%s]}
            """;

    @TempDir
    private Path temp;

    private Path checkout;
    private Path programs;

    @BeforeEach
    void copyTheCheckout() throws Exception {
        Stream.of("bash", "git", "jq", "tar", "kubectl", "helm").forEach(Tool::named);
        programs = Files.createDirectory(temp.resolve("programs"));
        checkout = copy("checkout");
    }

    private Path copy(String folder) throws Exception {
        Path root = Files.createDirectory(temp.resolve(folder));
        for (String part : List.of(
                "pom.xml",
                "README.md",
                "LICENSE",
                "Dockerfile.native",
                "k8s",
                "src/docs",
                "src/release",
                ".gitignore")) {
            Files.createDirectories(root.resolve(part).getParent());
            assertThat(run(Path.of("."), "cp", "-a", part, root.resolve(part).toString())
                            .exit())
                    .isZero();
        }
        write(root, "target/quarkus-app/quarkus-run.jar", "a jar");
        write(root, "target/quarkus-app/lib/main/a.jar", "another");
        write(root, "target/licenses/THIRD-PARTY.txt", "all of them");
        write(root, "target/licenses/texts/own-text-2-jar/LICENSE", "MIT");
        write(root, "target/" + NAME + ".cdx.json", BILL.formatted(""));
        commit(root);
        return root;
    }

    private static void write(Path root, String file, String text) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), text);
    }

    /** All at one moment, so that the same content is the same commit. */
    private void commit(Path root) throws Exception {
        for (String[] command :
                List.of(new String[] {"git", "init", "-q"}, new String[] {"git", "add", "-A"}, new String[] {
                    "git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--no-gpg-sign", "-m", "all"
                })) {
            Run run = run(root, command);
            assertThat(run.exit()).as(run.output()).isZero();
        }
    }

    private record Run(int exit, String output) {}

    private Run run(Path folder, String... command) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.put("PATH", programs + ":" + environment.get("PATH"));
        environment.put("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z");
        environment.put("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output);
    }

    private Run release(String... arguments) throws Exception {
        return run(
                checkout,
                Stream.concat(Stream.of("bash", "src/release/release"), Stream.of(arguments))
                        .toArray(String[]::new));
    }

    private String released(String... arguments) throws Exception {
        Run run = release(arguments);
        assertThat(run.exit()).as(run.output()).isZero();
        return run.output();
    }

    private Path out() {
        return checkout.resolve("target/release");
    }

    private static String version() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        return pom.substring(pom.indexOf("<version>") + "<version>".length(), pom.indexOf("</version>"))
                .replace("-SNAPSHOT", "");
    }

    private Map<String, String> sums() throws IOException {
        Map<String, String> sums = new TreeMap<>();
        for (String line : Files.readAllLines(out().resolve("SHA256SUMS"))) {
            sums.put(line.substring(line.indexOf(' ')).strip(), line.substring(0, line.indexOf(' ')));
        }
        return sums;
    }

    private static String sha256(Path file) throws IOException, NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }

    /** A program that writes its arguments into {@code calls} and then does this. */
    private void program(String name, String script) throws IOException {
        Path file = programs.resolve(name);
        Files.writeString(file, "#!/bin/bash\necho \"$(basename \"$0\") $*\" >> \"" + calls() + "\"\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path calls() {
        return temp.resolve("calls");
    }

    private void noEngine() throws IOException {
        for (String engine : List.of("docker", "podman", "buildah")) {
            program(engine, "exit 1");
        }
    }

    @Test
    void dryRunMakesEachFile() throws Exception {
        noEngine();

        assertThat(released("dry-run")).contains("skipped: the image").doesNotContain("the checkout has changes");

        String version = version();
        assertThat(sums())
                .containsOnlyKeys(
                        "install.yaml",
                        NAME + "-" + version + ".tgz",
                        NAME + "-" + version + "-jvm.tar.gz",
                        NAME + "-" + version + "-jvm.cdx.json",
                        "provenance.intoto.json");
        for (Map.Entry<String, String> sum : sums().entrySet()) {
            assertThat(sha256(out().resolve(sum.getKey()))).as(sum.getKey()).isEqualTo(sum.getValue());
        }
        assertThat(run(
                                checkout,
                                "tar",
                                "tzf",
                                out().resolve(NAME + "-" + version + "-jvm.tar.gz")
                                        .toString())
                        .output())
                .contains(
                        "/quarkus-run.jar",
                        "/LICENSE",
                        "/licenses/THIRD-PARTY.txt",
                        "/licenses/texts/own-text-2-jar/LICENSE");
    }

    @Test
    void provenanceSaysWhatWasMadeOfWhat() throws Exception {
        noEngine();
        released("dry-run");

        JsonNode statement = new ObjectMapper()
                .readTree(out().resolve("provenance.intoto.json").toFile());

        assertThat(statement.path("_type").asText()).isEqualTo("https://in-toto.io/Statement/v1");
        assertThat(statement.path("predicateType").asText()).isEqualTo("https://slsa.dev/provenance/v1");
        Map<String, String> subjects = new HashMap<>();
        statement
                .path("subject")
                .forEach(subject -> subjects.put(
                        subject.path("name").asText(),
                        subject.at("/digest/sha256").asText()));
        Map<String, String> expected = new HashMap<>(sums());
        expected.remove("provenance.intoto.json");
        expected.put(IMAGE + ":" + version(), "0".repeat(64));
        assertThat(subjects).isEqualTo(expected);
        JsonNode sources = statement.at("/predicate/buildDefinition/resolvedDependencies");
        assertThat(sources.at("/0/digest/gitCommit").asText())
                .isEqualTo(run(checkout, "git", "rev-parse", "HEAD").output().strip());
        assertThat(sources).hasSize(4);
    }

    @Test
    void sameCommitGivesTheSameFiles() throws Exception {
        noEngine();
        released("dry-run");
        String first = Files.readString(out().resolve("SHA256SUMS"));

        checkout = copy("another");
        try (Stream<Path> files = Files.walk(checkout)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2031-01-01T00:00:00Z")));
            }
        }
        released("dry-run");

        assertThat(Files.readString(out().resolve("SHA256SUMS"))).isEqualTo(first);
    }

    @Test
    void libraryWithoutTheTextOfItsLicenceIsRefused() throws Exception {
        noEngine();
        write(
                checkout,
                "target/" + NAME + ".cdx.json",
                BILL.formatted(
                        ", {\"name\": \"bare\", \"version\": \"3\", \"licenses\": [{\"license\": {\"id\": \"MIT\"}}]}"));

        Run run = release("dry-run");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.output()).contains("src/release/licenses/bare.txt is missing, the licence of bare 3");
    }

    @Test
    void releaseOfAnythingButACleanPinnedTagIsRefused() throws Exception {
        write(checkout, "new", "file");

        Run run = release("files");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.output())
                .contains(
                        "the checkout has changes",
                        "has no tag v" + version(),
                        "micro-image:2.0 in Dockerfile.native has no digest");
        assertThat(Files.exists(out())).isFalse();
    }

    @Test
    void versionIsWrittenWhereverOneStands() throws Exception {
        released("version", "7.8.9");

        assertThat(Files.readString(checkout.resolve("pom.xml"))).contains("<version>7.8.9</version>");
        List<String> others = List.of(
                "README.md",
                "Dockerfile.native",
                "k8s/base/kustomization.yaml",
                "k8s/helm/keda-nim-scaler/Chart.yaml",
                "k8s/examples/combined/kustomization.yaml",
                "k8s/artifacthub/keda-nim-scaler/artifacthub-pkg.yml",
                "src/docs/changes.md",
                "src/docs/end-to-end.md");
        for (String file : others) {
            assertThat(Files.readString(checkout.resolve(file))).as(file).contains("7.8.9");
        }
        String old = version().replace(".", "\\.");
        assertThat(run(
                                checkout,
                                "grep",
                                "-rnE",
                                "[v:]" + old + "\\b|(newTag|ersion): " + old,
                                ".",
                                "--include=*.md",
                                "--include=*.y*ml",
                                "--include=Dockerfile*")
                        .output())
                .isEmpty();
    }

    @Test
    void nextVersionHasAnEntryToFill() throws Exception {
        released("version", "7.8.9");
        released("version", "7.9.0-SNAPSHOT");

        assertThat(Files.readString(checkout.resolve("src/docs/changes.md")))
                .contains("### 7.9.0 (not released yet)")
                .containsPattern("### 7\\.8\\.9 \\(2[0-9-]+\\)");
        assertThat(Files.readString(checkout.resolve("k8s/base/kustomization.yaml")))
                .contains("newTag: 7.9.0\n");
    }

    @Test
    void pinWritesTheDigestOfEachBase() throws Exception {
        program("skopeo", "echo " + DIGEST);

        released("pin");
        released("pin");

        List<String> bases = Files.readAllLines(checkout.resolve("Dockerfile.native")).stream()
                .filter(line -> line.startsWith("FROM "))
                .toList();
        assertThat(bases).hasSize(3).allSatisfy(base -> assertThat(base).containsOnlyOnce("@" + DIGEST));
        assertThat(bases.get(1)).endsWith("@" + DIGEST + " AS build");
    }

    /** Stand-ins for the engine and the signer: what they are asked, in which order, and that what they say gets into the files. */
    @Test
    void wholeRelease() throws Exception {
        program("skopeo", "echo " + DIGEST);
        released("version", "7.8.9");
        released("pin");
        commit(checkout);
        assertThat(run(checkout, "git", "-c", "tag.gpgSign=false", "tag", "v7.8.9")
                        .exit())
                .isZero();
        program("docker", """
                case "$*" in
                  create*) echo container ;;
                  run*) echo running ;;
                  cp*.cdx.json*) echo '{"components": [{"name": "openjdk"}]}' > "${@: -1}" ;;
                  cp*) echo executable > "${@: -1}" ;;
                  *inspect*) echo %s ;;
                esac
                """.formatted("sha256:" + "8".repeat(64)));
        program("curl", "");
        program("sleep", "");
        program("mvn", "");
        program("cosign", "");
        released("image");
        for (String end : List.of("", ".cdx.json")) {
            String of = Files.exists(out().resolve(NAME + "-7.8.9-linux-amd64" + end)) ? "amd64" : "arm64";
            Files.copy(
                    out().resolve(NAME + "-7.8.9-linux-" + of + end),
                    out().resolve(NAME + "-7.8.9-linux-" + (of.equals("amd64") ? "arm64" : "amd64") + end));
        }
        released("files");

        List<String> calls = new ArrayList<>(Files.readAllLines(calls()));
        String commit = run(checkout, "git", "rev-parse", "HEAD").output().strip();
        assertThat(calls)
                .anySatisfy(call -> assertThat(call)
                        .startsWith("docker build -f Dockerfile.native -t " + IMAGE + ":7.8.9-")
                        .contains("VERSION=7.8.9", "REVISION=" + commit, "CREATED=2026-01-02T03:04:05"))
                .anySatisfy(call -> assertThat(call).startsWith("docker push " + IMAGE + ":7.8.9-"))
                .contains("docker buildx imagetools create -t " + IMAGE + ":7.8.9 " + IMAGE + ":7.8.9-amd64 " + IMAGE
                        + ":7.8.9-arm64")
                .contains("cosign sign --yes " + IMAGE + "@sha256:" + "8".repeat(64));
        assertThat(sums()).containsKeys(NAME + "-7.8.9-linux-amd64", NAME + "-7.8.9-linux-arm64.cdx.json");
        assertThat(Files.readString(out().resolve("install.yaml"))).contains(IMAGE + "@sha256:" + "8".repeat(64));
        assertThat(Tool.named("helm")
                        .output(List.of(
                                "template",
                                NAME,
                                out().resolve(NAME + "-7.8.9.tgz").toString(),
                                "--kube-version",
                                "1.34.0")))
                .contains(IMAGE + "@sha256:" + "8".repeat(64));
        JsonNode statement = new ObjectMapper()
                .readTree(out().resolve("provenance.intoto.json").toFile());
        assertThat(statement
                        .at("/predicate/buildDefinition/resolvedDependencies/3/digest/sha256")
                        .asText())
                .isEqualTo("7".repeat(64));
    }
}
