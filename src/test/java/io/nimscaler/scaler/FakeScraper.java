package io.nimscaler.scaler;

import io.nimscaler.exposition.SampleLine;
import io.nimscaler.poll.ScrapeFailure;
import io.nimscaler.poll.ScrapeRequest;
import io.nimscaler.poll.ScrapeResult;
import io.nimscaler.poll.ScrapeResult.Failed;
import io.nimscaler.poll.ScrapeResult.Scraped;
import io.nimscaler.poll.Scraper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;

/** Answers each request at once as a test says; by default every pod refuses. */
final class FakeScraper implements Scraper {

    private static final Failed REFUSED = new Failed(ScrapeFailure.CANNOT_CONNECT, "connection refused");

    private final Map<String, Function<ScrapeRequest, ScrapeResult>> answers = new HashMap<>();
    private final List<Consumer<ScrapeResult>> waiting = new ArrayList<>();
    final List<ScrapeRequest> requests = new ArrayList<>();
    boolean holdsBack;

    /** This pod's KV usage from now on, under any path. */
    void at(String pod, double value) {
        answers(pod, _ -> kv(value));
    }

    void answers(String pod, Function<ScrapeRequest, ScrapeResult> answer) {
        answers.put("10.0.0." + pod, answer);
    }

    void refuses(String pod) {
        answers(pod, _ -> REFUSED);
    }

    static Scraped kv(double value) {
        return new Scraped(List.of(new SampleLine("gpu_cache_usage_perc", Map.of(), value, OptionalLong.empty())));
    }

    @Override
    public void scrape(ScrapeRequest request, Consumer<ScrapeResult> done) {
        requests.add(request);
        if (holdsBack) {
            waiting.add(done);
        } else {
            done.accept(answers.getOrDefault(request.host(), _ -> REFUSED).apply(request));
        }
    }

    /** Answers everything that was held back. */
    void release(ScrapeResult result) {
        List<Consumer<ScrapeResult>> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(done -> done.accept(result));
    }

    List<String> paths() {
        return requests.stream().map(ScrapeRequest::path).toList();
    }
}
