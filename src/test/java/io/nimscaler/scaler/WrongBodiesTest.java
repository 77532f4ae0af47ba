package io.nimscaler.scaler;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.exposition.Exposition;
import io.nimscaler.exposition.ExpositionReader;
import io.nimscaler.exposition.ReadLimits;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.trigger.Trigger;
import io.nimscaler.trigger.Triggers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a newcomer's pods answer with 200 in place of the wanted metric, and the words that end the search. */
class WrongBodiesTest extends ScalersFixture {

    private static ScrapeResult read(String body, ScrapeRequest request) {
        byte[] bytes = body.getBytes(ISO_8859_1);
        ExpositionReader reader = new ExpositionReader(request.wanted(), ReadLimits.DEFAULT);
        reader.read(bytes, 0, bytes.length);
        Exposition.Parsed parsed = (Exposition.Parsed) reader.finish();
        return new ScrapeResult.Scraped(parsed.series(), parsed.contents());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            empty | '' | '' | no series gpu_cache_usage_perc, by any engine's name; the body is empty
            blank | '' | '\\n \\n' | no series gpu_cache_usage_perc, by any engine's name; the body is empty
            comments | '' | '# nothing yet\\n' | no series gpu_cache_usage_perc, by any engine's name; the body has no metrics
            a page | '' | '\\n<!DOCTYPE html>\\n<style>\\nbody {}\\n</style>' | no series gpu_cache_usage_perc, by any engine's name; the body is HTML, not Prometheus text
            an object | '' | '{"object": "list", "data": []}' | no series gpu_cache_usage_perc, by any engine's name; the body is JSON, not Prometheus text
            a pretty object | '' | '{\\n  "detail": "Not Found"\\n}' | no series gpu_cache_usage_perc, by any engine's name; the body is JSON, not Prometheus text
            an array | '' | '[{"iter": 154}]' | no series gpu_cache_usage_perc, by any engine's name; the body is JSON, not Prometheus text
            quoted names | '' | '{"a:b",c=":"} 1\\n' | no series gpu_cache_usage_perc, by any engine's name; the body has no metrics
            gzip | '' | '\\037\\213\\bxyz\\nabc 1\\n' | no series gpu_cache_usage_perc, by any engine's name; the body is compressed (gzip), and its headers do not say so
            another program | '' | 'go_goroutines 7\\nprocess_open_fds 3\\n' | no series gpu_cache_usage_perc, by any engine's name; none of the 2 metrics there is an engine's or has a similar name
            before the first request | '' | 'vllm:num_preemptions_total 0\\n' | no series gpu_cache_usage_perc, by any engine's name; the engine answers (there is "vllm:num_preemptions_total"), and some engines show this metric only after their first request
            a near name | metric=vllm_num_requests_waiting;targetValue=4 | 'vllm:num_requests_waiting 3\\n' | no series vllm_num_requests_waiting; there is "vllm:num_requests_waiting"
            a typo | metric=my_queue_lenght;targetValue=4 | 'my_queue_length 3\\n' | no series my_queue_lenght; there is "my_queue_length"
            a histogram | metric=my_latency_seconds | '# TYPE my_latency_seconds histogram\\nmy_latency_seconds_bucket{le="1"} 3\\n' | no series my_latency_seconds; a histogram of that name is there: add quantile
            another model | modelName=llama | 'gpu_cache_usage_perc{model_name="mistral"} 0.5\\n' | gpu_cache_usage_perc has no series with model_name = "llama"; there is "mistral"
            no model | modelName=llama | 'gpu_cache_usage_perc 0.5\\n' | gpu_cache_usage_perc has no series with model_name = "llama"; its series name no model: remove modelName
            """)
    void problemSaysWhatIsThereInstead(String name, String metadata, String body, String expected) {
        Trigger asked = Triggers.immediate(metadata.isEmpty() ? new String[0] : metadata.split("[=;]"));
        String text = body.translateEscapes();
        pods.has(1, FakePods.ready("1", LONG_AGO));
        scraper.answers("1", request -> read(text, request));
        scalers.put(ID, List.of(asked), false, now);

        pass(Duration.ofSeconds(40));

        Snapshot snapshot = snapshot(asked);
        assertThat(snapshot.pods().getFirst().problem().orElseThrow().detail()).isEqualTo(expected);
        String where = " at 10.0.0.1:8000/v1/metrics";
        assertThat(Headline.of(snapshot, Optional.empty()))
                .contains("1 of 1 pod gives no data: no metric: " + expected + where);
        assertThat(PodStatus.named(snapshot.unreadablePods())).contains("no_metric: " + expected + where);
    }
}
