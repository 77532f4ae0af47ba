package main

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"math"
	"net/netip"
	"sort"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

type vals struct {
	kv, run, wait float64
	many          []float64 // per-series KV values
	set           bool
	runSet        bool
}

type tracePt struct{ t, v, run, wait float64 }

type trace struct {
	pts    []tracePt
	start  time.Time
	speed  float64
	loop   bool
	linear bool
	cols   int
}

func (tr *trace) at(now time.Time) (tracePt, bool) {
	if tr == nil || len(tr.pts) == 0 {
		return tracePt{}, false
	}
	t := now.Sub(tr.start).Seconds() * tr.speed
	last := tr.pts[len(tr.pts)-1]
	if tr.loop && last.t > 0 {
		t = math.Mod(t, last.t)
	}
	i := sort.Search(len(tr.pts), func(i int) bool { return tr.pts[i].t > t })
	if i == 0 {
		return tr.pts[0], true
	}
	if i == len(tr.pts) {
		return last, true
	}
	a, b := tr.pts[i-1], tr.pts[i]
	if !tr.linear {
		return a, true
	}
	f := (t - a.t) / (b.t - a.t)
	return tracePt{t, a.v + f*(b.v-a.v), a.run + f*(b.run-a.run), a.wait + f*(b.wait-a.wait)}, true
}

type fault struct {
	mode  string
	arg   float64
	text  string // the body of mode "text"
	until time.Time
	left  int64 // remaining hits, <0 = forever
}

type pod struct {
	ip    netip.Addr
	mu    sync.Mutex
	v     vals
	tr    *trace
	f     fault
	tm    *tmpl
	count int64
	bytes int64
	errs  int64 // answers made wrong on purpose
	conns int64
	open  int64
	first time.Time
	last  time.Time
	minIv time.Duration
	maxIv time.Duration
	ring  [256]int64
	ringN int
	ua    string
	acc   string
	aenc  string
	host  string
	path  string
	auth  bool
	infl  int64
	maxIn int64
	w     worked
	by    map[string]int64 // how often each user agent, less its version, asked for metrics
}

var (
	podsMu  sync.RWMutex
	pods    = map[netip.Addr]*pod{}
	tmpls   = map[string]*tmpl{}
	defTmpl atomic.Pointer[tmpl]
	gmu     sync.RWMutex
	gv      vals
	gtr     *trace
	gf      fault
	gnoise  float64
	load    struct {
		on, byReady          bool
		total, n, cap, slots float64
		queue, rate, retries float64 // requests that a pod lets wait, below 0 any number; that a full one serves a second; asked again
		hold                 bool    // a gateway holds what the pods can not take
		tr                   *trace
		weights              map[netip.Addr]float64
	}
	listed   map[netip.Addr]bool // by /pods: whether it is ready; nil = every address is a ready pod
	downMode = "refuse"
	paths    = map[string]bool{}
	total    atomic.Int64
	accepted atomic.Int64
)

// absent tells how a pod that /pods does not call ready fails, "" where it answers. Needs gmu.
func absent(ip netip.Addr) string {
	if listed == nil {
		return ""
	}
	switch isReady, known := listed[ip]; {
	case isReady:
		return ""
	case known:
		return downMode
	case *onlyListed:
		return "reset" // the pod is gone, a connection from before must not outlive it
	default:
		return downMode
	}
}

// readyCount needs gmu.
func readyCount() int {
	n := 0
	for _, r := range listed {
		if r {
			n++
		}
	}
	return n
}

func getPod(a netip.Addr) *pod {
	a = a.Unmap()
	podsMu.RLock()
	p := pods[a]
	podsMu.RUnlock()
	if p != nil {
		return p
	}
	podsMu.Lock()
	defer podsMu.Unlock()
	if p = pods[a]; p == nil {
		p = &pod{ip: a}
		pods[a] = p
	}
	return p
}

func noiseFor(ip netip.Addr, now time.Time, amp float64) float64 {
	if amp == 0 {
		return 0
	}
	h := fnv.New64a()
	b := ip.As16()
	h.Write(b[:])
	fmt.Fprintf(h, "%d", now.UnixMilli()/500)
	u := float64(h.Sum64()%1000003) / 1000003
	return (u*2 - 1) * amp
}

// effective value of one pod now
func (p *pod) eval(now time.Time) vals {
	gmu.RLock()
	v, g, noise := gv, gtr, gnoise
	ld := load
	if ld.on {
		n := ld.n
		if ld.byReady {
			n = float64(readyCount())
		}
		tot := ld.total
		if pt, ok := ld.tr.at(now); ok {
			tot = pt.v
		}
		w := 1.0
		if x, ok := ld.weights[p.ip]; ok {
			w = x
		}
		if n < 1 {
			n = 1
		}
		x := tot / n * w
		v = vals{kv: math.Min(ld.cap, x), run: math.Round(math.Min(1, x) * ld.slots), wait: math.Round(math.Max(0, x-1) * ld.slots), set: true, runSet: true}
		if ld.queue >= 0 {
			v.wait = math.Min(v.wait, ld.queue)
		}
		if ld.hold {
			v.wait = 0
		}
	} else if pt, ok := g.at(now); ok {
		v.kv, v.set = pt.v, true
		if g.cols > 2 {
			v.run, v.wait, v.runSet = pt.run, pt.wait, true
		}
	}
	gmu.RUnlock()
	p.mu.Lock()
	if p.v.set {
		v = p.v
	}
	if pt, ok := p.tr.at(now); ok {
		v = vals{kv: pt.v, set: true, run: pt.run, wait: pt.wait, runSet: p.tr.cols > 2}
	}
	p.mu.Unlock()
	if noise != 0 {
		v.kv = math.Max(0, math.Min(1, v.kv+noiseFor(p.ip, now, noise)))
	}
	if !v.runSet {
		v.run = math.Round(v.kv * 64)
		v.wait = 0
	}
	return v
}

func (p *pod) curFault(now time.Time) fault {
	p.mu.Lock()
	f := &p.f
	if f.mode != "" && !f.until.IsZero() && now.After(f.until) {
		*f = fault{}
	}
	if f.mode != "" && f.left == 0 {
		*f = fault{}
	}
	if f.mode != "" && f.left > 0 {
		f.left--
	}
	out := *f
	p.mu.Unlock()
	if out.mode != "" {
		return out
	}
	gmu.RLock()
	defer gmu.RUnlock()
	if m := absent(p.ip); m != "" {
		return fault{mode: m}
	}
	if gf.mode != "" && (gf.until.IsZero() || now.Before(gf.until)) {
		return gf
	}
	return fault{}
}

func appendVal(b []byte, v float64) []byte {
	switch {
	case math.IsNaN(v):
		return append(b, "NaN"...)
	case math.IsInf(v, 1):
		return append(b, "+Inf"...)
	case math.IsInf(v, -1):
		return append(b, "-Inf"...)
	}
	n := len(b)
	b = strconv.AppendFloat(b, v, 'g', -1, 64)
	if bytes.IndexAny(b[n:], ".en") < 0 {
		b = append(b, ".0"...) // python client style
	}
	return b
}

// render writes a body; w is nil where the sample's own counters stay as they are.
func render(dst []byte, t *tmpl, v vals, w *worked, mode string) []byte {
	for i := range t.segs {
		s := &t.segs[i]
		if s.kind == 0 {
			dst = append(dst, s.text...)
			continue
		}
		x := v.kv
		switch s.kind {
		case kWork:
			dst = append(dst, s.line...)
			if w == nil {
				dst = append(dst, s.rest...)
			} else {
				dst = append(appendVal(dst, s.done(w)), '\n')
			}
			continue
		case kKV:
			if len(v.many) > 0 {
				x = v.many[s.idx%len(v.many)]
			}
			switch mode {
			case "missing":
				continue
			case "nan":
				x = math.NaN()
			case "inf":
				x = math.Inf(1)
			case "negative":
				x = -0.25
			case "percent":
				x *= 100
			case "overone":
				x = 1.7
			}
		case kRun:
			x = v.run
		case kWait:
			x = v.wait
		}
		dst = append(dst, s.line...)
		if mode == "badvalue" && s.kind == kKV {
			dst = append(dst, "0,7"...)
		} else {
			dst = appendVal(dst, x)
		}
		if mode == "oldts" {
			dst = append(dst, ' ')
			dst = strconv.AppendInt(dst, time.Now().Add(-time.Hour).UnixMilli(), 10)
		}
		dst = append(dst, '\n')
		if mode == "dup" && s.kind == kKV {
			dst = append(dst, s.line...)
			dst = appendVal(dst, x)
			dst = append(dst, '\n')
		}
	}
	return dst
}
