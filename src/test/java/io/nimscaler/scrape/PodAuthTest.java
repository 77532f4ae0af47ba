package io.nimscaler.scrape;

import static io.nimscaler.poll.ScrapeFailure.NOT_ALLOWED;
import static io.nimscaler.poll.ScrapeFailure.REDIRECT;
import static io.nimscaler.poll.ScrapeFailure.TLS;
import static io.nimscaler.scrape.Asker.GAUGE;
import static io.nimscaler.scrape.Asker.assertFailed;
import static io.nimscaler.scrape.Asker.assertValue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.nimscaler.PrivateCa;
import io.nimscaler.exposition.MetricNames;
import io.nimscaler.files.Expiries;
import io.nimscaler.poll.PodAuth;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.nimscaler.trigger.Scheme;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods behind TLS and tokens: real handshakes with certificates of a private CA, and what is sent to whom. */
class PodAuthTest {

    private static final PrivateCa CA = new PrivateCa("pods-ca");
    private static final String OK = RawPod.ok(GAUGE + " 0.5\n");

    @TempDir
    private Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final List<PodAuthSettings> settings = new ArrayList<>();
    private final Expiries expiries = new Expiries();
    private Optional<Asker> asker = Optional.empty();

    @BeforeEach
    void mount() throws Exception {
        CA.writeTo(directory.resolve("ca.crt"));
        new PrivateCa("clients-ca").issue("keda-nim-scaler").writeTo(directory);
        Files.writeString(directory.resolve("token"), "first.token\n");
    }

    @AfterEach
    void close() throws Exception {
        if (asker.isPresent()) {
            asker.get().close();
        } else {
            vertx.close();
        }
    }

    private Optional<Path> file(String name) {
        return name.isEmpty() ? Optional.empty() : Optional.of(directory.resolve(name));
    }

    private PodAuthSettings auth(String name, String ca, String serverName, String token, boolean overHttp) {
        return new PodAuthSettings(
                name,
                Set.of("nim"),
                file(ca),
                Optional.of(serverName).filter(text -> !text.isEmpty()),
                file(token),
                Optional.empty(),
                Optional.empty(),
                overHttp);
    }

    private PodAuths read() {
        List<String> wrong = new ArrayList<>();
        PodAuths auths =
                PodAuths.read(settings, Duration.ofSeconds(1), expiries, violation -> wrong.add(violation.text()));
        assertThat(wrong).isEmpty();
        return auths;
    }

    private List<String> wrong() {
        List<String> wrong = new ArrayList<>();
        PodAuths.read(settings, Duration.ofSeconds(1), expiries, violation -> wrong.add(violation.text()));
        return wrong;
    }

    private RawPod tlsPod(PrivateCa.Issued certificate) throws Exception {
        return tlsPod(certificate, new NetServerOptions(), OK);
    }

    private RawPod tlsPod(PrivateCa.Issued certificate, NetServerOptions options, String answer) throws Exception {
        options.setSsl(true)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .addCertValue(Buffer.buffer(certificate.certificatePem()))
                        .addKeyValue(Buffer.buffer(certificate.keyPem())));
        return RawPod.start(vertx, "127.0.0.1", options, RawPod.says(answer));
    }

    private ScrapeResult ask(RawPod pod, Scheme scheme, String namespace, String name) throws Exception {
        return ask(pod, scheme, new PodAuth(namespace, Optional.of(name).filter(text -> !text.isEmpty())));
    }

    private ScrapeResult ask(RawPod pod, Scheme scheme, PodAuth auth) throws Exception {
        return ask("127.0.0.1", pod, scheme, auth);
    }

    private ScrapeResult ask(String host, RawPod pod, Scheme scheme, PodAuth auth) throws Exception {
        if (asker.isEmpty()) {
            PodAuths auths = read();
            asker = Optional.of(new Asker(vertx, Asker.PATIENT, auths));
        }
        return asker.get()
                .ask(new ScrapeRequest(scheme, host, pod.port(), "/metrics", auth, MetricNames.of(List.of(GAUGE))));
    }

    private static void assertTlsFailure(ScrapeResult result) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.reason()).isEqualTo(TLS));
    }

    private static Stream<String> authorizations(RawPod pod) {
        return pod.requests().stream()
                .flatMap(String::lines)
                .filter(line -> line.toLowerCase().startsWith("authorization:"))
                .map(line -> line.substring("authorization:".length()).strip());
    }

    @Nested
    class OfTheOperator {

        @Test
        void isNotAskedForItsNamespace() throws Exception {
            settings.add(auth("llm", "ca.crt", "", "token", false));
            RawPod gateway = tlsPod(CA.issue("gateway", "ip:127.0.0.1"));
            assertValue(ask(gateway, Scheme.HTTPS, PodAuth.ofOperator(Optional.of("llm"))), 0.5);
            assertThat(authorizations(gateway)).containsExactly("Bearer first.token");
        }

        @ParameterizedTest(name = "certificate for {0}: {1}")
        @CsvSource({"dns:localhost, true", "dns:other, false", "ip:127.0.0.1, false"})
        void isAskedByTheNameOfItsUrlForWhichItsCertificateMustBe(String certificate, boolean trusted)
                throws Exception {
            settings.add(auth("llm", "ca.crt", "", "", false));
            RawPod gateway = tlsPod(CA.issue("gateway", certificate));
            ScrapeResult result = ask("localhost", gateway, Scheme.HTTPS, PodAuth.ofOperator(Optional.of("llm")));
            if (trusted) {
                assertValue(result, 0.5);
            } else {
                assertTlsFailure(result);
            }
        }

        @Test
        void sendsNoTokenInTheClear() throws Exception {
            settings.add(auth("llm", "", "", "token", false));
            RawPod gateway = RawPod.start(vertx, RawPod.says(OK));
            assertFailed(
                    ask(gateway, Scheme.HTTP, PodAuth.ofOperator(Optional.of("llm"))),
                    NOT_ALLOWED,
                    "podAuth = \"llm\": expected scheme https, its token is not sent without TLS");
            assertThat(gateway.requests()).isEmpty();
        }

        @Test
        void doesNotFallBackToTheDefaultOfPods() throws Exception {
            settings.add(auth("default", "", "", "token", true));
            RawPod gateway = RawPod.start(vertx, RawPod.says(OK));
            assertValue(ask(gateway, Scheme.HTTP, PodAuth.ofOperator(Optional.empty())), 0.5);
            assertThat(authorizations(gateway)).isEmpty();
        }
    }

    @Nested
    class Trust {

        @ParameterizedTest(name = "certificate for {0}, server-name {1}: {2}")
        @CsvSource({
            "ip:127.0.0.1, '', true",
            "ip:127.0.0.2, '', false",
            "dns:nim, '', false",
            "dns:nim, nim, true",
            "dns:nim-llm.nim.svc, nim-llm.nim.svc, true",
            "dns:*.nim.svc, nim-llm.nim.svc, true",
            "dns:nim-llm.nim.svc, nim-llm.other.svc, false",
            "ip:127.0.0.1, nim, false",
        })
        void certificateMustBeForTheAddressOrTheServerName(String certificate, String serverName, boolean trusted)
                throws Exception {
            settings.add(auth("llm", "ca.crt", serverName, "", false));
            ScrapeResult result = ask(tlsPod(CA.issue("pod", certificate)), Scheme.HTTPS, "nim", "llm");
            if (trusted) {
                assertValue(result, 0.5);
            } else {
                assertTlsFailure(result);
            }
        }

        @Test
        void certificateOfAnotherCaIsNotTrusted() throws Exception {
            settings.add(auth("llm", "ca.crt", "", "", false));
            assertTlsFailure(
                    ask(tlsPod(new PrivateCa("pods-ca").issue("pod", "ip:127.0.0.1")), Scheme.HTTPS, "nim", "llm"));
        }

        @Test
        void trustIsThatOfItsNameOnlyThoughAConnectionIsOpen() throws Exception {
            settings.add(auth("llm", "ca.crt", "", "", false));
            RawPod pod = tlsPod(CA.issue("pod", "ip:127.0.0.1"));
            assertValue(ask(pod, Scheme.HTTPS, "nim", "llm"), 0.5);
            assertTlsFailure(ask(pod, Scheme.HTTPS, "nim", ""));
        }

        @Test
        void serverIsCalledByItsName() throws Exception {
            settings.add(auth("llm", "ca.crt", "nim", "", false));
            RawPod pod = tlsPod(CA.issue("pod", "dns:nim"));
            assertValue(ask(pod, Scheme.HTTPS, "nim", "llm"), 0.5);
            assertThat(pod.requests()).singleElement().asString().containsIgnoringCase("host: nim:" + pod.port());
        }

        @Test
        void caThatIsRenewedIsTrustedWithoutARestart() throws Exception {
            settings.add(auth("llm", "ca.crt", "", "", false));
            PrivateCa next = new PrivateCa("next-ca");
            RawPod pod = tlsPod(next.issue("pod", "ip:127.0.0.1"));
            assertTlsFailure(ask(pod, Scheme.HTTPS, "nim", "llm"));
            next.writeTo(directory.resolve("ca.crt"));
            await().atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> assertValue(ask(pod, Scheme.HTTPS, "nim", "llm"), 0.5));
        }

        @Test
        void caThatIsBrokenForAMomentStaysTrusted() throws Exception {
            settings.add(auth("llm", "ca.crt", "", "", false));
            PodAuths auths = read();
            Optional<PodAuthFiles> before = auths.files("llm");
            PrivateCa.write(directory.resolve("ca.crt"), "");
            assertThat(auths.reload()).isEmpty();
            assertThat(auths.files("llm")).isEqualTo(before);
        }
    }

    @Nested
    class ClientCertificate {

        private RawPod demanding() throws Exception {
            PrivateCa clients = new PrivateCa("clients-ca");
            clients.issue("keda-nim-scaler").writeTo(directory);
            NetServerOptions options = new NetServerOptions()
                    .setClientAuth(ClientAuth.REQUIRED)
                    .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(clients.pem())));
            return tlsPod(CA.issue("pod", "ip:127.0.0.1"), options, OK);
        }

        @Test
        void isShownToAPodThatDemandsOne() throws Exception {
            RawPod pod = demanding();
            settings.add(new PodAuthSettings(
                    "llm",
                    Set.of("*"),
                    file("ca.crt"),
                    Optional.empty(),
                    Optional.empty(),
                    file("tls.crt"),
                    file("tls.key"),
                    false));
            assertValue(ask(pod, Scheme.HTTPS, "any", "llm"), 0.5);
        }

        @Test
        void whoeverHasNoneFails() throws Exception {
            settings.add(auth("llm", "ca.crt", "", "", false));
            RawPod pod = demanding();
            assertThat(ask(pod, Scheme.HTTPS, "nim", "llm")).isInstanceOf(Failed.class);
            assertThat(pod.requests()).isEmpty();
        }
    }

    @Nested
    class Token {

        @Test
        void isSentOverTls() throws Exception {
            settings.add(auth("llm", "ca.crt", "", "token", false));
            RawPod pod = tlsPod(CA.issue("pod", "ip:127.0.0.1"));
            assertValue(ask(pod, Scheme.HTTPS, "nim", "llm"), 0.5);
            assertThat(authorizations(pod)).containsExactly("Bearer first.token");
        }

        @Test
        void thatIsRenewedIsSentWithoutARestart() throws Exception {
            settings.add(auth("llm", "ca.crt", "", "token", false));
            RawPod pod = tlsPod(CA.issue("pod", "ip:127.0.0.1"));
            assertValue(ask(pod, Scheme.HTTPS, "nim", "llm"), 0.5);
            PrivateCa.write(directory.resolve("token"), "second.token");
            await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
                assertValue(ask(pod, Scheme.HTTPS, "nim", "llm"), 0.5);
                assertThat(authorizations(pod)).last().isEqualTo("Bearer second.token");
            });
        }

        @Test
        void isNotSentInTheClear() throws Exception {
            settings.add(auth("llm", "", "", "token", false));
            RawPod pod = RawPod.start(vertx, RawPod.says(OK));
            assertFailed(
                    ask(pod, Scheme.HTTP, "nim", "llm"),
                    NOT_ALLOWED,
                    "podAuth = \"llm\": expected scheme https, its token is not sent without TLS");
            assertThat(pod.requests()).isEmpty();
        }

        @Test
        void isSentInTheClearWhereTheOperatorAllowsIt() throws Exception {
            settings.add(auth("llm", "", "", "token", true));
            RawPod pod = RawPod.start(vertx, RawPod.says(OK));
            assertValue(ask(pod, Scheme.HTTP, "nim", "llm"), 0.5);
            assertThat(authorizations(pod)).containsExactly("Bearer first.token");
        }

        @Test
        void doesNotFollowARedirect() throws Exception {
            settings.add(auth("llm", "ca.crt", "", "token", false));
            RawPod thief = RawPod.start(vertx, RawPod.says(OK));
            RawPod pod = tlsPod(
                    CA.issue("pod", "ip:127.0.0.1"),
                    new NetServerOptions(),
                    "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:" + thief.port()
                            + "/metrics\r\nContent-Length: 0\r\n\r\n");
            assertFailed(
                    ask(pod, Scheme.HTTPS, "nim", "llm"),
                    REDIRECT,
                    "expected status 200, got 302 (a redirect to http://127.0.0.1:" + thief.port()
                            + "/metrics, which is not followed: correct path or scheme)");
            assertThat(thief.acceptedConnections()).isZero();
        }

        @Test
        void isNotSentToAPodWhoseCertificateIsNotTrusted() throws Exception {
            settings.add(auth("llm", "", "", "token", false));
            RawPod pod = tlsPod(CA.issue("pod", "ip:127.0.0.1"));
            assertTlsFailure(ask(pod, Scheme.HTTPS, "nim", "llm"));
            assertThat(pod.requests()).isEmpty();
        }

        @Test
        void isInNoText() throws Exception {
            settings.add(auth("llm", "", "", "token", false));
            PodAuths auths = read();
            assertThat(auths.files("llm").toString()).doesNotContain("first.token");
            assertThat(settings.toString()).doesNotContain("first.token");
        }
    }

    private PodAuthSettings client() {
        return new PodAuthSettings(
                "llm",
                Set.of("nim"),
                file("ca.crt"),
                Optional.empty(),
                Optional.empty(),
                file("tls.crt"),
                file("tls.key"),
                false);
    }

    @Nested
    class WhenReadAgain {

        @Test
        void certificateOfAnotherKeyLeavesTheFormerInUse() {
            settings.add(client());
            PodAuths auths = read();
            Optional<PodAuthFiles> before = auths.files("llm");
            PrivateCa.write(directory.resolve("tls.crt"), CA.issue("another").certificatePem());
            assertThat(auths.reload()).isEmpty();
            assertThat(auths.files("llm")).isEqualTo(before);
        }

        @Test
        void expiryIsOfWhatIsInUse() {
            settings.add(client());
            PodAuths auths = read();
            assertThat(expiries.settings())
                    .containsExactly("nim-scaler.pods.auth.llm.ca", "nim-scaler.pods.auth.llm.client-certificate");
            Optional<Instant> before = expiries.of("nim-scaler.pods.auth.llm.client-certificate");
            PrivateCa.Issued longer = CA.issueFor(Duration.ofDays(9), "keda-nim-scaler");
            PrivateCa.write(directory.resolve("tls.crt"), longer.certificatePem());
            auths.reload();
            assertThat(expiries.of("nim-scaler.pods.auth.llm.client-certificate"))
                    .isEqualTo(before);
            longer.writeTo(directory);
            assertThat(auths.reload()).containsExactly("llm");
            assertThat(expiries.of("nim-scaler.pods.auth.llm.client-certificate"))
                    .hasValue(longer.certificate().getNotAfter().toInstant());
        }
    }

    @Nested
    class WhoMayUseWhich {

        @ParameterizedTest(name = "namespace {0}, podAuth {1}")
        @CsvSource({"other, llm", "nim, unknown", "'', llm"})
        void nobodyUsesWhatIsNotForItsNamespace(String namespace, String name) throws Exception {
            settings.add(auth("llm", "ca.crt", "", "token", false));
            RawPod pod = tlsPod(CA.issue("pod", "ip:127.0.0.1"));
            assertFailed(
                    ask(pod, Scheme.HTTPS, namespace, name),
                    NOT_ALLOWED,
                    "podAuth = \"" + name + "\": expected one of nim-scaler.pods.auth that namespace " + namespace
                            + " may use");
            assertThat(pod.acceptedConnections()).isZero();
        }

        @Test
        void whoeverNamesNoneUsesTheDefault() throws Exception {
            settings.add(auth("default", "ca.crt", "", "token", false));
            RawPod pod = tlsPod(CA.issue("pod", "ip:127.0.0.1"));
            assertValue(ask(pod, Scheme.HTTPS, "nim", ""), 0.5);
            assertThat(authorizations(pod)).containsExactly("Bearer first.token");
        }

        @Test
        void theDefaultIsNotForOtherNamespacesEither() throws Exception {
            settings.add(auth("default", "ca.crt", "", "token", false));
            assertTlsFailure(ask(tlsPod(CA.issue("pod", "ip:127.0.0.1")), Scheme.HTTPS, "other", ""));
        }

        @Test
        void theDefaultTokenStaysAtHomeWherePlainHttpIsAsked() throws Exception {
            settings.add(auth("default", "ca.crt", "", "token", false));
            RawPod pod = RawPod.start(vertx, RawPod.says(OK));
            assertValue(ask(pod, Scheme.HTTP, "nim", ""), 0.5);
            assertThat(authorizations(pod)).isEmpty();
        }
    }

    @Nested
    class AtTheStart {

        @ParameterizedTest
        @ValueSource(strings = {"", "two words", "a\nb", "tok\u00e9n", "{\"token\": 1}"})
        void fileWithoutATokenIsRefusedAndNotQuoted(String content) throws Exception {
            Files.writeString(directory.resolve("token"), content);
            settings.add(auth("llm", "", "", "token", false));
            assertThat(wrong())
                    .containsExactly("nim-scaler.pods.auth.llm.token-file = \"" + directory.resolve("token")
                            + "\": expected one line with a bearer token");
        }

        @Test
        void allThatIsWrongIsNamedAtOnce() throws Exception {
            Files.writeString(directory.resolve("tls.key"), "no key");
            settings.add(auth("one", "nowhere.crt", "", "", false));
            settings.add(auth("two", "token", "", "", false));
            settings.add(new PodAuthSettings(
                    "three",
                    Set.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    file("tls.crt"),
                    file("tls.key"),
                    false));
            assertThat(wrong())
                    .containsExactly(
                            "nim-scaler.pods.auth.one.ca = \"" + directory.resolve("nowhere.crt")
                                    + "\": expected a file that can be read, got NoSuchFileException",
                            "nim-scaler.pods.auth.three.client-key = \"" + directory.resolve("tls.key")
                                    + "\": expected a private key in PEM",
                            "nim-scaler.pods.auth.two.ca = \"" + directory.resolve("token")
                                    + "\": expected certificates in PEM");
        }

        @Test
        void certificateOfAnotherKeyIsRefused() throws Exception {
            PrivateCa.write(directory.resolve("tls.crt"), CA.issue("another").certificatePem());
            settings.add(client());
            assertThat(wrong())
                    .containsExactly("nim-scaler.pods.auth.llm.client-certificate = \"" + directory.resolve("tls.crt")
                            + "\": expected the certificate of the key in nim-scaler.pods.auth.llm.client-key");
        }

        @Test
        void certificateWithoutItsKeyIsRefused() {
            assertThatThrownBy(() -> new PodAuthSettings(
                            "llm",
                            Set.of(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.of(Path.of("tls.crt")),
                            Optional.empty(),
                            false))
                    .hasMessage("nim-scaler.pods.auth.llm.client-certificate = \"tls.crt\": expected it together with"
                            + " client-key");
        }
    }

    @Test
    void outcomeOfWhatIsNotAllowedHasALabel() {
        assertThat(ScrapeFailure.NOT_ALLOWED.label()).isEqualTo("not_allowed");
    }
}
