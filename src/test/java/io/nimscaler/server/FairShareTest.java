package io.nimscaler.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FairShareTest {

    @Test
    void whoTakesAllThereIsTakesItFromItself() {
        FairShare<String> share = new FairShare<>(10);
        share.enter("keda", "its connection");
        for (int i = 0; i < 100; i++) {
            assertThat(share.enter("flood", "f" + i)).isNotEqualTo(java.util.Optional.of("its connection"));
        }
        assertThat(share.size()).isEqualTo(10);
        assertThat(share.enter("keda", "another")).hasValue("f91");
        assertThat(share.use("keda", "its connection")).isTrue();
    }

    @Test
    void longestUnusedOneGoes() {
        FairShare<String> share = new FairShare<>(2);
        share.enter("a", "first");
        share.enter("a", "second");
        share.use("a", "first");
        assertThat(share.enter("a", "third")).hasValue("second");
        assertThat(share.use("a", "second")).isFalse();
    }

    @Test
    void amongPeersThatHaveAsMuchTheLongestUnusedOneGoes() {
        FairShare<String> share = new FairShare<>(2);
        share.enter("b", "older");
        share.enter("a", "newer");
        assertThat(share.enter("c", "newest")).hasValue("older");
    }

    @Test
    void whoLeavesTwiceIsCountedOnce() {
        FairShare<String> share = new FairShare<>(2);
        share.enter("a", "one");
        share.enter("a", "other");
        share.leave("a", "one");
        share.leave("a", "one");
        share.leave("nobody", "one");
        assertThat(share.size()).isEqualTo(1);
        assertThat(share.all()).containsExactly("other");
    }

    @Test
    void ofThoseThatAreSparedTheNewestGoes() {
        FairShare<Integer> share = new FairShare<>(2, number -> number > 10);
        share.enter("a", 1);
        share.enter("a", 11);
        assertThat(share.enter("a", 12)).hasValue(1);
        assertThat(share.enter("a", 13)).hasValue(13);
        assertThat(share.enter("b", 14)).hasValue(12);
        assertThat(share.all()).containsExactlyInAnyOrder(11, 14);
    }

    /** Ten come at each moment, each takes 40 moments, and there is room for a hundred: 2.5 a moment could be done. */
    @ParameterizedTest
    @CsvSource({"0, 0", "50, 2500"})
    void whileMoreComeThanCanBeDoneSomeAreDone(int sparedFor, int done) {
        int[] now = new int[1];
        FairShare<Integer> share = new FairShare<>(100, began -> now[0] - began / 10 < sparedFor);
        int ended = 0;
        for (; now[0] < 1_000; now[0]++) {
            for (int one : share.all()) {
                if (now[0] - one / 10 >= 40) {
                    share.leave("flood", one);
                    ended++;
                }
            }
            for (int i = 0; i < 10; i++) {
                share.enter("flood", now[0] * 10 + i);
            }
        }
        assertThat(ended).isBetween(done * 9 / 10, done);
    }

    /** With any peers that come and go, one that keeps within its equal part loses nothing. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whoKeepsWithinItsPartLosesNothing(long seed) {
        Random random = new Random(seed);
        int most = 30;
        int peers = 5;
        FairShare<Integer> share = new FairShare<>(most);
        IntStream.range(0, most / peers).forEach(i -> share.enter("modest", -1 - i));
        Map<Integer, String> others = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            String peer = "p" + random.nextInt(peers - 1);
            if (random.nextInt(3) == 0 && !others.isEmpty()) {
                Map.Entry<Integer, String> gone = others.entrySet().iterator().next();
                share.leave(gone.getValue(), gone.getKey());
                others.remove(gone.getKey());
            } else {
                others.put(i, peer);
                share.enter(peer, i).ifPresent(victim -> {
                    assertThat(victim).isNotNegative();
                    others.remove(victim);
                });
            }
            assertThat(share.size()).isEqualTo(others.size() + most / peers).isLessThanOrEqualTo(most);
        }
    }
}
