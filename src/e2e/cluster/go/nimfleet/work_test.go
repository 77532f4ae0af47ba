package main

import (
	"math"
	"net/netip"
	"strings"
	"testing"
	"time"
)

const sample = `# HELP generation_tokens_total
gpu_cache_usage_perc{model_name="m"} 0.1
generation_tokens_total{model_name="m"} 7.0
request_success_total{finished_reason="stop"} 3.0
request_success_total{finished_reason="length"} 1.0
time_to_first_token_seconds_bucket{le="0.25",model_name="m"} 1.0
time_to_first_token_seconds_bucket{le="0.5",model_name="m"} 1.0
time_to_first_token_seconds_bucket{le="+Inf",model_name="m"} 1.0
time_to_first_token_seconds_count{model_name="m"} 1.0
time_to_first_token_seconds_sum{model_name="m"} 0.2
`

func body(w *worked) string {
	return string(render(nil, parseTemplate("t", []byte(sample), ""), vals{kv: .1}, w, ""))
}

func TestWithoutWorkTheSampleStaysAsItIs(t *testing.T) {
	if got := body(nil); got != sample {
		t.Error(got)
	}
}

func TestWorkShowsInCountersAndBuckets(t *testing.T) {
	p := &pod{ip: netip.MustParseAddr("127.0.0.1")}
	now := time.Now()
	work = workload{on: true, requests: 10, generated: 20, seconds: [families]float64{firstToken: .4}}
	p.catchUp(now)
	p.catchUp(now.Add(4 * time.Second))
	got := body(&p.w)
	for _, want := range []string{
		"generation_tokens_total{model_name=\"m\"} 800.0\n",
		"request_success_total{finished_reason=\"stop\"} 40.0\n",
		"request_success_total{finished_reason=\"length\"} 0.0\n",
		"bucket{le=\"0.25\",model_name=\"m\"} 4.0\n", // 0.22 of 0.22, 0.26 … 0.58
		"bucket{le=\"0.5\",model_name=\"m\"} 32.0\n",
		"bucket{le=\"+Inf\",model_name=\"m\"} 40.0\n",
		"count{model_name=\"m\"} 40.0\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if sum := p.w.sum(firstToken); math.Abs(sum-16) > 1e-6 {
		t.Error(sum)
	}
	p.startAnew()
	if got := body(&p.w); !strings.Contains(got, "count{model_name=\"m\"} 0.0\n") {
		t.Error(got)
	}
}
