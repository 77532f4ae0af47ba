package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.trigger.Trigger;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is wrong with a trigger whose values KEDA resolves is known from calls alone. */
class RefusedCallsTest extends ScalersFixture {

    private static final String WRONG = "trigger metadata: targetValue = \"70 %\"";

    private void watched(boolean acceptsTriggersByCall) {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scalers.put(ID, List.<Trigger>of(), acceptsTriggersByCall, now);
    }

    @Test
    void refusedCallIsANotice() {
        watched(true);
        scalers.refused(ID, WRONG, now);
        assertThat(scalers.notices()).singleElement().satisfies(notice -> {
            assertThat(notice.isRefusal()).isTrue();
            assertThat(notice.scaledObject()).isEqualTo(ID);
            assertThat(notice.text()).isEqualTo(WRONG);
        });
    }

    @Test
    void whatIsNotSaidAgainHoldsNoMore() {
        watched(true);
        scalers.refused(ID, WRONG, now);
        pass(Duration.ofMinutes(4));
        scalers.refused(ID, WRONG, now);
        pass(Duration.ofMinutes(4));
        assertThat(scalers.notices()).hasSize(1);
        pass(Duration.ofMinutes(2));
        assertThat(scalers.notices()).isEmpty();
    }

    @Test
    void editAndRemovalBeginAnew() {
        watched(true);
        scalers.refused(ID, WRONG, now);
        watched(true);
        assertThat(scalers.notices()).isEmpty();
        scalers.refused(ID, WRONG, now);
        scalers.remove(ID);
        assertThat(scalers.notices()).isEmpty();
    }

    @Test
    void strangersMakeNoNotices() {
        watched(false);
        scalers.refused(ID, WRONG, now);
        scalers.refused(new ScaledObjectId("ns", "no-such"), WRONG, now);
        assertThat(scalers.notices()).isEmpty();
    }

    @Test
    void fewAreKept() {
        watched(true);
        for (int i = 0; i < 100; i++) {
            scalers.refused(ID, WRONG + i, now);
        }
        assertThat(scalers.notices()).hasSize(4);
    }
}
