package main

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// What a pod has done since it started: requests served, tokens, and how long they took.

type family int

const (
	firstToken family = iota
	perToken
	endToEnd
	families
)

var familyOf = map[string]family{
	"time_to_first_token_seconds":                firstToken,
	"vllm:time_to_first_token_seconds":           firstToken,
	"time_per_output_token_seconds":              perToken,
	"vllm:time_per_output_token_seconds":         perToken,
	"vllm:inter_token_latency_seconds":           perToken,
	"vllm:request_time_per_output_token_seconds": perToken,
	"e2e_request_latency_seconds":                endToEnd,
	"vllm:e2e_request_latency_seconds":           endToEnd,
}

// tokensOfARequest are generated for each request of a load
const tokensOfARequest = 200

// Observations spread evenly from half of a latency to one and a half of it: its mean and median are the latency.
const spread = 10

type point struct{ seconds, times float64 }

type worked struct {
	until             time.Time // what came later is not counted yet; zero: it has not begun
	requests          float64
	refused           float64
	prompt, generated float64
	points            [families][]point
}

// what all pods together are given to do; the ready ones share it
type workload struct {
	on                bool
	requests          float64 // a second
	prompt, generated float64 // tokens of a request
	seconds           [families]float64
	crowded           bool // seconds are those of one pod alone, more pods take less
}

var work workload // by gmu

func (w *worked) observe(f family, seconds, times float64) {
	for i := range spread {
		at := seconds * (0.5 + (float64(i)+0.5)/spread)
		w.add(f, at, times/spread)
	}
}

func (w *worked) add(f family, seconds, times float64) {
	for i := range w.points[f] {
		if w.points[f][i].seconds == seconds {
			w.points[f][i].times += times
			return
		}
	}
	w.points[f] = append(w.points[f], point{seconds, times})
}

// atMost is how many observations were at most so long.
func (w *worked) atMost(f family, bound float64) float64 {
	sum := 0.0
	for _, p := range w.points[f] {
		if p.seconds <= bound {
			sum += p.times
		}
	}
	return math.Floor(sum + 1e-6)
}

func (w *worked) sum(f family) float64 {
	sum := 0.0
	for _, p := range w.points[f] {
		sum += p.seconds * p.times
	}
	return sum
}

// catchUp does what the pod was given since the last time. Needs gmu, and no lock of the pod.
func (p *pod) catchUp(now time.Time) {
	l, n, idle := work, float64(max(1, readyCount())), absent(p.ip) != ""
	if listed == nil {
		n = 1
	}
	served, refused := overload()
	p.mu.Lock()
	defer p.mu.Unlock()
	elapsed := now.Sub(p.w.until).Seconds()
	begun := !p.w.until.IsZero()
	if now.After(p.w.until) {
		p.w.until = now
	}
	if begun && elapsed > 0 && !idle {
		p.w.requests += served * elapsed
		p.w.generated += served * elapsed * tokensOfARequest
		p.w.refused += refused * elapsed
	}
	if !l.on || !begun || elapsed <= 0 || idle {
		return
	}
	requests := l.requests * elapsed / n
	p.w.requests += requests
	p.w.prompt += requests * l.prompt
	p.w.generated += requests * l.generated
	for f := range families {
		seconds := l.seconds[f]
		if l.crowded {
			seconds /= n
		}
		times := requests
		if f == perToken {
			times *= l.generated
		}
		if times > 0 {
			p.w.observe(f, seconds, times)
		}
	}
}

// full is what each ready pod is asked for, 1 being all that it can do. Needs gmu.
func full() float64 {
	n := load.n
	if load.byReady {
		n = float64(readyCount())
	}
	return load.total / max(1, n)
}

// overload is how many requests a second a pod serves and refuses: with a bounded queue it refuses what it can not serve, and who is
// refused asks again. Needs gmu.
func overload() (served, refused float64) {
	if !load.on || load.rate == 0 {
		return 0, 0
	}
	x := full()
	if load.queue >= 0 {
		refused = max(0, x-1) * load.rate * (1 + load.retries)
	}
	return min(1, x) * load.rate, refused
}

// GET /held : how many requests wait in front of the pods, where they hold none themselves
func ctlHeld(w http.ResponseWriter, r *http.Request) {
	gmu.RLock()
	defer gmu.RUnlock()
	held := 0.0
	if load.on && load.hold {
		held = math.Round(max(0, full()-1) * max(1, float64(readyCount())) * load.slots)
	}
	fmt.Fprintf(w, "%d\n", int(held))
}

// catchUpAll needs gmu.
func catchUpAll(now time.Time) {
	podsMu.RLock()
	defer podsMu.RUnlock()
	for _, p := range pods {
		p.catchUp(now)
	}
}

// POST /work?rps=20&prompt=500&generated=200&ttft=0.3&tpot=0.02&e2e=4 ; crowded=1 = the latencies are those of one pod alone ; off=1
func ctlWork(w http.ResponseWriter, r *http.Request) {
	var l workload
	var errs []error
	number := func(name string, to *float64) {
		v, _, err := fl(r, name, *to)
		*to = v
		errs = append(errs, err)
	}
	l.on = r.URL.Query().Get("off") == ""
	l.crowded = r.URL.Query().Get("crowded") != ""
	l.prompt, l.generated = 500, 200
	number("rps", &l.requests)
	number("prompt", &l.prompt)
	number("generated", &l.generated)
	number("ttft", &l.seconds[firstToken])
	number("tpot", &l.seconds[perToken])
	number("e2e", &l.seconds[endToEnd])
	if err := errors.Join(errs...); err != nil {
		bad(w, err)
		return
	}
	gmu.Lock()
	defer gmu.Unlock()
	catchUpAll(time.Now())
	work = l
	fmt.Fprintf(w, "ok %+v\n", l)
}

// POST /restart?ip=… : the engine starts anew, its counters at 0
func ctlRestart(w http.ResponseWriter, r *http.Request) {
	list, err := asked(r)
	if err != nil {
		bad(w, err)
		return
	}
	for _, p := range list {
		p.startAnew()
	}
	fmt.Fprintln(w, "ok")
}

func (p *pod) startAnew() {
	p.mu.Lock()
	p.w = worked{until: time.Now()}
	p.mu.Unlock()
}

// forgetGone lets pods that are not listed any more start anew, should their address be given to another one.
func forgetGone(present map[netip.Addr]bool) {
	podsMu.RLock()
	defer podsMu.RUnlock()
	for a, p := range pods {
		if _, ok := present[a]; !ok {
			p.startAnew()
		}
	}
}

// workSeries tells which part of a pod's work a line of its body shows, nil for any other line. Of several series of one name the
// first does all the work.
func workSeries(name, line []byte, live map[string]string) func(*worked) float64 {
	series := string(name)
	family, part, isHistogram := "", "", false
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		if base := strings.TrimSuffix(series, suffix); base != series {
			if _, known := familyOf[base]; known {
				family, part, isHistogram = base, suffix, true
			}
		}
	}
	bound := math.Inf(1)
	labels := string(line[len(name):bytes.LastIndexByte(bytes.TrimRight(line, "\n"), ' ')])
	if i := strings.Index(labels, `le="`); i >= 0 {
		end := strings.IndexByte(labels[i+4:], '"') + i + 4
		if le, err := strconv.ParseFloat(labels[i+4:end], 64); err == nil {
			bound = le
		}
		labels = labels[:i] + labels[end+1:]
	}
	key := series
	if isHistogram {
		key = family
	}
	labels = strings.Trim(strings.ReplaceAll(strings.ReplaceAll(labels, ",,", ","), ",}", "}"), "{}, ")
	if first, seen := live[key]; !seen {
		live[key] = labels
	} else if first != labels {
		return func(*worked) float64 { return 0 }
	}
	f := familyOf[family]
	switch {
	case part == "_bucket" || part == "_count":
		return func(w *worked) float64 { return w.atMost(f, bound) }
	case part == "_sum":
		return func(w *worked) float64 { return w.sum(f) }
	}
	switch strings.TrimPrefix(series, "vllm:") {
	case "prompt_tokens_total":
		return func(w *worked) float64 { return math.Floor(w.prompt) }
	case "generation_tokens_total":
		return func(w *worked) float64 { return math.Floor(w.generated) }
	case "admission_rejections_total":
		return func(w *worked) float64 { return math.Floor(w.refused) }
	case "request_success_total":
		return func(w *worked) float64 { return math.Floor(w.requests) }
	}
	return nil
}

// snapshot is what the pod has done until now, and whether there is any work to show.
func (p *pod) snapshot(now time.Time) (worked, bool) {
	gmu.RLock()
	defer gmu.RUnlock()
	p.catchUp(now)
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.w
	for f := range w.points {
		w.points[f] = append([]point(nil), w.points[f]...)
	}
	return w, work.on || load.on && load.rate > 0
}
