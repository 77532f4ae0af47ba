package io.nimscaler.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.poll.ScrapeResult.Scraped;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** By what the pods are ranked that a scale-down takes. */
class HowBusyAPodIsTest extends ScalersFixture {

    private static SampleLine line(String name, double value, String model) {
        return new SampleLine(name, Map.of("model_name", model), value, OptionalLong.empty());
    }

    private void answers(List<SampleLine> body) {
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.answers("1", _ -> new Scraped(body));
    }

    private PodStatus pod(Trigger trigger) {
        scalers.put(ID, List.of(trigger), false, now);
        pass(Duration.ofSeconds(30));
        return snapshot(trigger).pods().getFirst();
    }

    @Test
    void requestsOfAnotherModelMakeItBusyToo() {
        answers(Stream.of("a", "b")
                .flatMap(model -> Stream.of(
                        line("gpu_cache_usage_perc", .1, model),
                        line("num_requests_running", model.equals("b") ? 50 : 0, model),
                        line("num_requests_waiting", 1, model)))
                .toList());
        assertThat(pod(Triggers.immediate("scaleDown", "idlest", "modelName", "a"))
                        .requests())
                .hasValue(52);
    }

    @Test
    void requestsOfAnHourAgoAreNotKnown() {
        Instant hourAgo = now.minusSeconds(3600);
        answers(Stream.of("gpu_cache_usage_perc", "num_requests_running", "num_requests_waiting")
                .map(name -> new SampleLine(name, Map.of(), 0, OptionalLong.of(hourAgo.toEpochMilli())))
                .toList());
        assertThat(pod(Triggers.immediate("scaleDown", "idlest")).requests()).isEmpty();
    }
}
