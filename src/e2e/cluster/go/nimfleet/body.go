package main

import (
	"bytes"
	"log"
)

const (
	kKV = iota + 1
	kRun
	kWait
	kWork
)

var kvNames = []string{"gpu_cache_usage_perc", "vllm:gpu_cache_usage_perc", "vllm:kv_cache_usage_perc", "sglang:token_usage", "trtllm_kv_cache_utilization", "kv_cache_utilization"}
var runNames = []string{"num_requests_running", "vllm:num_requests_running", "sglang:num_running_reqs", "trtllm_num_requests_running"}
var waitNames = []string{"num_requests_waiting", "vllm:num_requests_waiting", "sglang:num_queue_reqs", "trtllm_num_requests_waiting"}

type seg struct {
	kind int // 0 = static text
	idx  int // n-th series of that gauge
	text []byte
	line []byte // but for static text: name{labels}+space
	done func(*worked) float64
	rest []byte // of a line about work: what the sample has
}

type tmpl struct {
	name   string
	segs   []seg
	size   int
	ctype  string
	nKV    int
	nLines int
	raw    []byte
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func parseTemplate(name string, b []byte, ctype string) *tmpl {
	t := &tmpl{name: name, raw: b, ctype: ctype}
	if ctype == "" {
		t.ctype = "text/plain; version=0.0.4; charset=utf-8"
		if bytes.Contains(b, []byte("vllm:kv_cache_usage_perc{engine=")) {
			t.ctype = "text/plain; version=1.0.0; charset=utf-8" // what vLLM 0.32 sends
		}
	}
	var cur []byte
	n := map[int]int{}
	live := map[string]string{}
	flush := func() {
		if len(cur) > 0 {
			t.segs = append(t.segs, seg{text: cur})
			cur = nil
		}
	}
	for _, line := range bytes.SplitAfter(b, []byte("\n")) {
		if len(line) == 0 {
			continue
		}
		t.nLines++
		nm := line
		if i := bytes.IndexAny(line, "{ "); i > 0 {
			nm = line[:i]
		}
		k := 0
		var done func(*worked) float64
		if line[0] != '#' {
			switch s := string(nm); {
			case has(kvNames, s):
				k = kKV
			case has(runNames, s):
				k = kRun
			case has(waitNames, s):
				k = kWait
			case s == "nv_trt_llm_kv_cache_block_metrics" && bytes.Contains(line, []byte(`"fraction"`)):
				k = kKV
			case bytes.LastIndexByte(bytes.TrimRight(line, "\n"), ' ') >= len(nm):
				if done = workSeries(nm, line, live); done != nil {
					k = kWork
				}
			}
		}
		if k == 0 {
			cur = append(cur, line...)
			continue
		}
		flush()
		body := bytes.TrimRight(line, "\n")
		cut := bytes.LastIndexByte(body, ' ')
		t.segs = append(t.segs, seg{kind: k, idx: n[k], line: append([]byte{}, body[:cut+1]...), done: done, rest: append([]byte{}, line[cut+1:]...)})
		n[k]++
	}
	flush()
	t.nKV = n[kKV]
	t.size = len(b)
	if t.nKV == 0 {
		log.Printf("warning: no KV gauge recognised in %s", name)
	}
	return t
}
