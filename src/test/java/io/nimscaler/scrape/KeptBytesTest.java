package io.nimscaler.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.scrape.KeptBytes.Share;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KeptBytesTest {

    private static final int LARGE = 1_400_000;

    private final KeptBytes kept = new KeptBytes();

    private List<Share> shares(int number, int bytes) {
        return Stream.generate(kept::share)
                .limit(number)
                .filter(share -> share.grow(bytes))
                .toList();
    }

    @Test
    void onlySoManyLargeBodiesAreKeptAtOnce() {
        List<Share> large = shares(2, LARGE);
        assertThat(large).hasSize(2);
        assertThat(kept.share().grow(LARGE)).isFalse();
    }

    @Test
    void ordinaryBodiesGoOnThoughLargeOnesHaveTakenAll() {
        for (int i = 0; i < 4; i++) {
            kept.share().grow(LARGE);
        }
        assertThat(kept.share().grow(LARGE)).isFalse();
        assertThat(kept.share().grow(30_000)).isTrue();
    }

    @Test
    void ordinaryBodiesAreBoundedTogetherToo() {
        assertThat(shares(10_000, KeptBytes.ORDINARY)).hasSize(2 * KeptBytes.MOST / KeptBytes.ORDINARY);
    }

    @Test
    void whatIsGivenBackIsThereAgain() {
        Share large = kept.share();
        for (int round = 0; round < 100; round++) {
            assertThat(large.grow(700_000)).isTrue();
            assertThat(large.grow(LARGE)).isTrue();
            large.release();
            large.release();
        }
        assertThat(shares(2, LARGE)).hasSize(2);
    }
}
