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

func TestABoundedQueueRefusesWhatItCanNotServe(t *testing.T) {
	const bounded = `vllm:kv_cache_usage_perc{engine="0"} 0.1
vllm:num_requests_waiting{engine="0"} 0.0
vllm:request_success_total{finished_reason="stop"} 3.0
vllm:generation_tokens_total{engine="0"} 7.0
vllm:admission_rejections_total{reason="max_num_queued_reqs"} 0.0
vllm:admission_rejections_total{reason="max_num_queued_tokens"} 0.0
`
	load.on, load.total, load.n, load.slots, load.cap = true, 3, 1, 64, 1
	load.queue, load.rate, load.retries = 4, 10, 3
	defer func() { load.on, load.rate, load.queue = false, 0, -1 }()
	p := &pod{ip: netip.MustParseAddr("127.0.0.3")}
	now := time.Now()
	p.catchUp(now)
	p.catchUp(now.Add(2 * time.Second))
	got := string(render(nil, parseTemplate("t", []byte(bounded), ""), p.eval(now), &p.w, ""))
	for _, want := range []string{
		`waiting{engine="0"} 4.0`,
		`request_success_total{finished_reason="stop"} 20.0`,
		`generation_tokens_total{engine="0"} 4000.0`,
		`reason="max_num_queued_reqs"} 160.0`,
		`reason="max_num_queued_tokens"} 0.0`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
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
