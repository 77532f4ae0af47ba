package io.nimscaler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One word for one thing, and no idiom where the field has a word: in the docs, on the page, in messages, errors and metric help. */
class WordsTest {

    private static final Pattern LITERAL = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");

    private record Line(String place, String text) {}

    private static List<Line> lines(String folder, String ending) throws IOException {
        List<Line> lines = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
            for (Path file : files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList()) {
                List<String> all = Files.readAllLines(file);
                for (int i = 0; i < all.size(); i++) {
                    lines.add(new Line(file + ":" + (i + 1), all.get(i)));
                }
            }
        }
        return lines;
    }

    /** Comments are for those who change the code. */
    private static boolean isComment(Line line) {
        String code = line.text().strip();
        return code.startsWith("*") || code.startsWith("/*") || code.startsWith("//");
    }

    private static Stream<Line> literals(Line line) {
        return LITERAL.matcher(line.text()).results().map(MatchResult::group).map(text -> new Line(line.place(), text));
    }

    private static List<Line> texts() throws IOException {
        List<Line> texts = new ArrayList<>(lines("src/docs", ".md"));
        texts.addAll(lines("README.md", ".md"));
        lines("src/main/resources/META-INF/resources/page", ".js").stream()
                .filter(line -> !isComment(line))
                .forEach(texts::add);
        lines("src/main/java", ".java").stream()
                .filter(line -> !isComment(line))
                .flatMap(WordsTest::literals)
                .forEach(texts::add);
        return texts;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            orders? no others     | does not lead to further orders
            somebody else         | another writer, or who it is
            nobody says           | it is not known
            whoever               | a client, an engineer, everyone who
            as ever               | as usual
            for ever              | without end
            in spells             | now and then
            a fortnight           | 14 days
            nothing is to do      | wait
            in its stead          | instead
            mend(ed)?             | repair, correct
            utilisation           | utilization
            one trustworthy       | which number it is
            the truth lies        | the load is between
            want of capacity      | lack of capacity
            as it was before      | before, with what it was
            binds first           | is reached first
            the clear             | without TLS
            let all in            | allow all
            for want of           | for lack of, or since there is no
            """)
    void wordIsNotUsed(String word, String instead) throws IOException {
        Pattern pattern = Pattern.compile("\\b" + word + "\\b", Pattern.CASE_INSENSITIVE);
        assertThat(texts().stream()
                        .filter(line -> pattern.matcher(line.text()).find())
                        .map(line -> line.place() + ": " + line.text().strip())
                        .toList())
                .as("we write: " + instead)
                .isEmpty();
    }

    @Test
    void allThatPeopleReadIsLookedAt() throws IOException {
        List<String> places = texts().stream()
                .map(line -> line.place().toLowerCase(Locale.ROOT))
                .toList();
        assertThat(places)
                .anyMatch(place -> place.startsWith("readme.md"))
                .anyMatch(place -> place.contains("deciding.md"))
                .anyMatch(place -> place.contains("words.js"))
                .anyMatch(place -> place.contains("metadatareader.java"));
    }
}
