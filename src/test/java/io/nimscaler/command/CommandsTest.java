package io.nimscaler.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code replay} and {@code advise}, from arguments to exit code. */
class CommandsTest {

    private static final String HEADER =
            "{\"format\":\"nim-scaler-history\",\"version\":1,\"namespace\":\"ns\",\"name\":\"llm\",\"triggerName\":\"kv\",\"shadow\":false,"
                    + "\"minReplicaCount\":1,\"maxReplicaCount\":12,\"metadata\":{\"targetValue\":\"0.5\"}}";

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path history;

    @BeforeEach
    void writeAHistoryOfFourDays() throws IOException {
        List<String> lines = new ArrayList<>(List.of(HEADER));
        Instant began = Instant.parse("2026-01-01T00:00:00Z");
        for (int minute = 0; minute < 4 * 1440; minute++) {
            double demand = 3 - 2 * Math.cos(2 * Math.PI * minute / 1440);
            int wanted = (int) Math.ceil(demand / .5);
            lines.add(String.format(
                    Locale.ROOT,
                    "{\"t\":\"%s\",\"r\":60,\"a\":60,\"d\":%.3f,\"k\":60,\"w\":%d,\"p\":%d,\"y\":%d,\"s\":%d%s}",
                    began.plusSeconds(minute * 60L).toString().replace(":00Z", "Z"),
                    demand,
                    wanted,
                    wanted,
                    wanted,
                    wanted,
                    minute == 700 ? ",\"z\":[80]" : ""));
        }
        history = Files.write(folder.resolve("ns-llm.ndjson"), lines);
    }

    private int run(Object... arguments) {
        List<String> texts = new ArrayList<>();
        for (Object argument : arguments) {
            texts.add(argument.toString());
        }
        return Commands.run(new PrintWriter(out, true), new PrintWriter(err, true), texts.toArray(String[]::new));
    }

    @Test
    void replaySaysWhatWasAndWhatWouldHaveBeen() {
        assertThat(run("replay", history, "targetValue=0.8")).isZero();

        assertThat(out.toString())
                .contains("ns/llm kv, gpu_cache_usage_perc", "4 d known")
                .contains("On the fleet that there was (open loop)")
                .contains("On a fleet of its own (closed loop)")
                .contains("model of other")
                .contains("no latency is predicted or promised");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void adviceWritesTheLinesToChangeAndAShadowFirst() {
        assertThat(run("advise", history, "pricePerReplicaHour=2.5")).isZero();

        assertThat(out.toString())
                .contains("advised", "perfect", "cost a month", "90 % of draws")
                .containsSubsequence("shadow.targetValue: \"0.", "Then change the ScaledObject:", "targetValue: \"0.");
    }

    @Test
    void adviceIsNotGivenOnTooLittle() throws IOException {
        Path cut = Files.write(
                folder.resolve("an-hour"), Files.readAllLines(history).subList(0, 61));

        assertThat(run("advise", cut)).isZero();

        assertThat(out.toString()).contains("too little history: 1 h of the 1 d that an advice needs", "No advice.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        foreign  | hello, world                                            | line 1: expected a JSON object
        headless | {"number":1,"at":"2026-01-01T00:00:00Z"}                | line 1: expected a header, got a decision
        newer    | {"format":"nim-scaler-recording","version":2}           | line 1: expected format nim-scaler-recording version 1, got nim-scaler-recording version 2
        newerToo | {"format":"nim-scaler-history","version":3}             | line 1: expected format nim-scaler-history version 1 to 2, got nim-scaler-history version 3
        """)
    void fileThatIsNoneOfOursIsRefusedWithItsLine(String name, String content, String expected) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content + "\n");

        assertThat(run("replay", file)).isEqualTo(1);

        assertThat(err.toString()).contains(name + ": " + expected);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void fileThatIsCutInTheMiddleIsRefusedWithItsLine() throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(history));
        lines.set(5, lines.get(5).substring(0, 20));
        Path file = Files.write(folder.resolve("cut"), lines);

        assertThat(run("replay", file)).isEqualTo(1);
        assertThat(err.toString()).contains("cut: line 6: ");
    }

    @Test
    void whatIsNoTextIsSaidToBeNone() throws IOException {
        Path file = Files.write(folder.resolve("bytes"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        Path empty = Files.createFile(folder.resolve("empty"));

        assertThat(run("replay", file)).isEqualTo(1);
        assertThat(run("replay", empty)).isEqualTo(1);
        assertThat(run("replay", folder.resolve("none"))).isEqualTo(1);
        assertThat(run("replay", folder)).isEqualTo(1);
        assertThat(err.toString())
                .contains("expected UTF-8", "got an empty file", "there is none", "got something else");
    }

    @Test
    void lineWithoutAnEndDoesNotFillTheMemory() throws IOException {
        Path file = Files.writeString(folder.resolve("long"), "x".repeat((16 << 20) + 2), StandardCharsets.US_ASCII);

        assertThat(run("replay", file)).isEqualTo(1);
        assertThat(err.toString()).contains("expected lines of at most");
    }

    @Test
    void metadataErrorsAreAsEverywhere() {
        assertThat(run("replay", history, "targetValu=0.8")).isEqualTo(1);
        assertThat(run("replay", history, "targetValue=70")).isEqualTo(1);
        assertThat(run("advise", history, "metric=serving_load")).isEqualTo(1);

        assertThat(err.toString())
                .contains("targetValu: expected a known key; did you mean targetValue?")
                .contains("targetValue = \"70\": expected at most 1 for gpu_cache_usage_perc")
                .contains("metric = \"serving_load\": expected one that was recorded: ns/llm gpu_cache_usage_perc");
    }

    @Test
    void whatIsNoCommandIsSaidWithWhatWasMeant() {
        assertThat(run("repaly", history)).isEqualTo(2);
        assertThat(run("--help")).isZero();

        assertThat(err.toString()).contains("repaly", "replay");
        assertThat(out.toString()).contains("replay", "advise", "Without arguments it serves");
    }
}
