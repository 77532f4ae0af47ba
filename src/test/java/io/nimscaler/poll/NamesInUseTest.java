package io.nimscaler.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class NamesInUseTest {

    private final NamesInUse names = new NamesInUse();

    private static PollRequest request(int seconds, String... wanted) {
        return new PollRequest(
                Duration.ofSeconds(seconds), new TreeSet<>(Set.of(wanted)), Set.of("beside"), Set.of("seldom"));
    }

    @Test
    void allWhoWantTheSameShareIt() {
        assertThat(names.of(request(5, "a", "b"))).isSameAs(names.of(request(2, "b", "a")));
        assertThat(names.allOf(request(5, "a", "b"))).isSameAs(names.allOf(request(2, "b", "a")));
    }

    @Test
    void whoWantsOthersDoesNot() {
        assertThat(names.of(request(5, "a"))).isNotSameAs(names.of(request(5, "b")));
        assertThat(names.of(request(5, "a"))).isNotSameAs(names.allOf(request(5, "a")));
    }

    @Test
    void ofKindsThatAnyoneMayMakeUpFewAreRemembered() {
        for (int i = 0; i < 10 * NamesInUse.MOST; i++) {
            names.of(request(5, "name" + i));
            names.of(request(5, "usual"));
        }

        assertThat(names.size()).isEqualTo(NamesInUse.MOST);
        assertThat(names.of(request(5, "usual"))).isSameAs(names.of(request(5, "usual")));
    }
}
