package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"math"
	"net/http"
	"net/netip"
	"sort"
	"strconv"
	"strings"
	"time"
)

// selector: "" or "all" = every pod/global; CIDR; a comma list of IPs
func sel(s string) (list []*pod, global bool, err error) {
	if s == "" || s == "all" {
		return nil, true, nil
	}
	for _, x := range strings.Split(s, ",") {
		if strings.Contains(x, "/") {
			pf, e := netip.ParsePrefix(x)
			if e != nil {
				return nil, false, e
			}
			if pf.Addr().Is4() && pf.Bits() >= 16 {
				for a := pf.Masked().Addr(); pf.Contains(a); a = a.Next() {
					list = append(list, getPod(a))
				}
			} else {
				podsMu.RLock()
				for a, p := range pods {
					if pf.Contains(a) {
						list = append(list, p)
					}
				}
				podsMu.RUnlock()
			}
			continue
		}
		a, e := netip.ParseAddr(x)
		if e != nil {
			return nil, false, e
		}
		list = append(list, getPod(a))
	}
	return list, false, nil
}

func fl(r *http.Request, k string, d float64) (float64, bool, error) {
	s := r.URL.Query().Get(k)
	if s == "" {
		return d, false, nil
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, true, err
}

func bad(w http.ResponseWriter, err error) { http.Error(w, err.Error(), 400) }

func ctlSet(w http.ResponseWriter, r *http.Request) {
	list, global, err := sel(r.URL.Query().Get("ip"))
	if err != nil {
		bad(w, err)
		return
	}
	kv, okV, e1 := fl(r, "value", 0)
	run, okR, e2 := fl(r, "running", 0)
	wt, okW, e3 := fl(r, "waiting", 0)
	if err = errors.Join(e1, e2, e3); err != nil {
		bad(w, err)
		return
	}
	var many []float64
	if s := r.URL.Query().Get("values"); s != "" {
		for _, x := range strings.Split(s, ",") {
			f, e := strconv.ParseFloat(x, 64)
			if e != nil {
				bad(w, e)
				return
			}
			many = append(many, f)
		}
		if !okV {
			kv, okV = many[0], true
		}
	}
	var tm *tmpl
	if s := r.URL.Query().Get("sample"); s != "" {
		if tm = tmpls[s]; tm == nil {
			bad(w, fmt.Errorf("no sample %q", s))
			return
		}
	}
	up := func(v *vals) {
		if okV {
			v.kv, v.set, v.many = kv, true, many
		}
		if okR || okW {
			v.run, v.wait, v.runSet, v.set = run, wt, true, true
		}
	}
	unset := r.URL.Query().Get("unset") != ""
	if global {
		gmu.Lock()
		if okV || okR || okW {
			up(&gv)
			gtr, load.on = nil, false
		}
		if x, ok, _ := fl(r, "noise", 0); ok {
			gnoise = x
		}
		gmu.Unlock()
		if tm != nil {
			defTmpl.Store(tm)
		}
		podsMu.RLock()
		for _, p := range pods { // a global set overrides what was set per pod
			p.mu.Lock()
			if okV || okR || okW || unset {
				p.v, p.tr = vals{}, nil
			}
			if tm != nil {
				p.tm = nil
			}
			p.mu.Unlock()
		}
		podsMu.RUnlock()
	}
	for _, p := range list {
		p.mu.Lock()
		if unset {
			p.v, p.tr, p.tm = vals{}, nil, nil
		}
		up(&p.v)
		if okV {
			p.tr = nil
		}
		if tm != nil {
			p.tm = tm
		}
		p.mu.Unlock()
	}
	fmt.Fprintln(w, "ok")
}

func readTrace(r *http.Request) (*trace, error) {
	rd := csv.NewReader(r.Body)
	rd.FieldsPerRecord = -1
	rd.Comment = '#'
	rd.TrimLeadingSpace = true
	rows, err := rd.ReadAll()
	if err != nil {
		return nil, err
	}
	tr := &trace{start: time.Now(), speed: 1, loop: r.URL.Query().Get("loop") == "1", linear: r.URL.Query().Get("interp") != "step"}
	if s, ok, e := fl(r, "speed", 1); e != nil {
		return nil, e
	} else if ok {
		tr.speed = s
	}
	for i, row := range rows {
		var f [4]float64
		if len(row) < 2 {
			continue
		}
		for j := 0; j < len(row) && j < 4; j++ {
			if f[j], err = strconv.ParseFloat(strings.TrimSpace(row[j]), 64); err != nil {
				break
			}
		}
		if err != nil {
			if i == 0 {
				err = nil
				continue // header
			}
			return nil, err
		}
		if len(row) > tr.cols {
			tr.cols = len(row)
		}
		tr.pts = append(tr.pts, tracePt{f[0], f[1], f[2], f[3]})
	}
	if len(tr.pts) == 0 {
		return nil, errors.New("empty trace")
	}
	sort.SliceStable(tr.pts, func(i, j int) bool { return tr.pts[i].t < tr.pts[j].t })
	t0 := tr.pts[0].t
	for i := range tr.pts {
		tr.pts[i].t -= t0
	}
	return tr, nil
}

func ctlTrace(w http.ResponseWriter, r *http.Request) {
	list, global, err := sel(r.URL.Query().Get("ip"))
	if err != nil {
		bad(w, err)
		return
	}
	tr, err := readTrace(r)
	if err != nil {
		bad(w, err)
		return
	}
	if global {
		gmu.Lock()
		gtr, load.on = tr, false
		gmu.Unlock()
	}
	for _, p := range list {
		p.mu.Lock()
		p.tr = tr
		p.mu.Unlock()
	}
	fmt.Fprintf(w, "ok %d points, %.1f s\n", len(tr.pts), tr.pts[len(tr.pts)-1].t/tr.speed)
}

var modes = []string{"none", "refuse", "reset", "close", "hang", "slow", "delay", "500", "502", "503", "404", "401", "403", "429", "loading", "redirect", "truncate", "huge", "endless", "garbage", "notHTTP", "html", "empty", "nan", "inf", "negative", "percent", "overone", "badvalue", "missing", "dup", "oldts", "crlf", "chunked", "gzip", "gzipbomb", "text"}

func ctlFault(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	list, global, err := sel(q.Get("ip"))
	if err != nil {
		bad(w, err)
		return
	}
	m := q.Get("mode")
	if !has(modes, m) {
		bad(w, fmt.Errorf("mode must be one of %v", modes))
		return
	}
	f := fault{mode: m, left: -1}
	if m == "none" {
		f = fault{}
	}
	f.arg, _, _ = fl(r, "arg", 0)
	if m == "text" {
		text, e := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		if e != nil {
			bad(w, e)
			return
		}
		f.text = string(text)
	}
	if s, ok, _ := fl(r, "for", 0); ok {
		f.until = time.Now().Add(time.Duration(s * float64(time.Second)))
	}
	if s, ok, _ := fl(r, "times", 0); ok {
		f.left = int64(s)
	}
	apply := func(p *pod) {
		p.mu.Lock()
		p.f = f
		p.mu.Unlock()
		if *each != "" || *onlyListed {
			if e := ls.listen(p.ip, m != "refuse"); e != nil {
				log.Print(e)
			}
		}
	}
	if global {
		gmu.Lock()
		gf = f
		gmu.Unlock()
		if m == "none" || m == "refuse" && (*each != "" || *onlyListed) {
			podsMu.RLock()
			all := make([]*pod, 0, len(pods))
			for _, p := range pods {
				all = append(all, p)
			}
			podsMu.RUnlock()
			for _, p := range all {
				apply(p)
			}
		}
	}
	for _, p := range list {
		apply(p)
	}
	fmt.Fprintln(w, "ok")
}

// POST /load?total=3.2&n=4 | n=ready ; cap=1 ; slots=64 ; queue=4 (-1 = unbounded) ; rate=8 ; retries=3 ; hold=1 ; body = optional CSV t,total
func ctlLoad(w http.ResponseWriter, r *http.Request) {
	gmu.Lock()
	defer gmu.Unlock()
	catchUpAll(time.Now())
	q := r.URL.Query()
	if q.Get("off") != "" {
		load.on = false
		fmt.Fprintln(w, "ok off")
		return
	}
	var tr *trace
	if r.ContentLength != 0 && r.Method == "POST" {
		var err error
		if tr, err = readTrace(r); err != nil {
			bad(w, err)
			return
		}
	}
	if v, ok, e := fl(r, "total", 0); e != nil {
		bad(w, e)
		return
	} else if ok {
		load.total, load.tr = v, nil
	}
	if tr != nil {
		load.tr = tr
	}
	if q.Get("n") == "ready" {
		load.byReady = true
	} else if v, ok, e := fl(r, "n", 0); e != nil {
		bad(w, e)
		return
	} else if ok {
		load.n, load.byReady = v, false
	}
	if v, ok, _ := fl(r, "cap", 0); ok {
		load.cap = v
	}
	if v, ok, _ := fl(r, "slots", 0); ok {
		load.slots = v
	}
	if v, ok, _ := fl(r, "noise", 0); ok {
		gnoise = v
	}
	if v, ok, _ := fl(r, "queue", 0); ok {
		load.queue = v
	}
	if v, ok, _ := fl(r, "rate", 0); ok {
		load.rate = v
	}
	if v, ok, _ := fl(r, "retries", 0); ok {
		load.retries = v
	}
	if v, ok, _ := fl(r, "hold", 0); ok {
		load.hold = v > 0
	}
	load.on = true
	fmt.Fprintf(w, "ok total=%g n=%g byReady=%v\n", load.total, load.n, load.byReady)
}

// POST /pods : body = the pods, one "IP" (ready) or "IP down" a line (?all=1 = every address is a ready pod);
// down=refuse|hang|503|loading = how a pod that is down fails. With -pods nothing but these addresses is listened on.
func ctlPods(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("all") != "" {
		gmu.Lock()
		listed = nil
		gmu.Unlock()
		fmt.Fprintln(w, "ok all")
		return
	}
	m := map[netip.Addr]bool{}
	sc := bufio.NewScanner(r.Body)
	for sc.Scan() {
		f := strings.Fields(sc.Text())
		if len(f) == 0 {
			continue
		}
		a, err := netip.ParseAddr(f[0])
		if err != nil || len(f) > 2 || len(f) == 2 && f[1] != "down" {
			bad(w, fmt.Errorf("%q is neither IP nor IP down", sc.Text()))
			return
		}
		m[a] = len(f) == 1
	}
	gmu.Lock()
	catchUpAll(time.Now())
	forgetGone(m)
	listed = m
	if d := r.URL.Query().Get("down"); d != "" {
		downMode = d
	}
	n := readyCount()
	gmu.Unlock()
	if *onlyListed {
		if err := ls.follow(m); err != nil {
			http.Error(w, err.Error(), http.StatusConflict) // an address that another fleet still listens on: ask again
			return
		}
	}
	fmt.Fprintf(w, "ok %d of %d ready\n", n, len(m))
}

type podStat struct {
	IP          string  `json:"ip"`
	Count       int64   `json:"count"`
	Conns       int64   `json:"conns"`
	Open        int64   `json:"open"`
	Faulted     int64   `json:"faulted"`
	Bytes       int64   `json:"bytes"`
	First       float64 `json:"first,omitempty"`
	Last        float64 `json:"last,omitempty"`
	MinIv       float64 `json:"min_interval_s"`
	AvgIv       float64 `json:"avg_interval_s"`
	MaxIv       float64 `json:"max_interval_s"`
	MaxInflight int64   `json:"max_inflight"`
	Value       float64 `json:"value"`
	Running     float64 `json:"running"`
	Waiting     float64 `json:"waiting"`
	Fault       string  `json:"fault,omitempty"`
	UA          string  `json:"user_agent,omitempty"`
	Accept      string  `json:"accept,omitempty"`
	AcceptEnc   string  `json:"accept_encoding,omitempty"`
	Host        string  `json:"host,omitempty"`
	Path        string  `json:"path,omitempty"`
	Auth        bool    `json:"authorization,omitempty"`
	Times       []int64 `json:"times_ns,omitempty"`

	AskedBy map[string]int64 `json:"asked_by,omitempty"`
}

// asked lists the pods that ?ip= names, all by default, in the order of their addresses.
func asked(r *http.Request) ([]*pod, error) {
	list, global, err := sel(r.URL.Query().Get("ip"))
	if err != nil || !global {
		return list, err
	}
	podsMu.RLock()
	defer podsMu.RUnlock()
	for _, p := range pods {
		list = append(list, p)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].ip.Less(list[j].ip) })
	return list, nil
}

func ctlStats(w http.ResponseWriter, r *http.Request) {
	list, err := asked(r)
	if err != nil {
		bad(w, err)
		return
	}
	times := r.URL.Query().Get("times") != ""
	now := time.Now()
	out := struct {
		Total    int64     `json:"total_requests"`
		Accepted int64     `json:"accepted_conns"`
		Pods     int       `json:"pods"`
		Scraped  int       `json:"pods_scraped"`
		MinCount int64     `json:"min_count"`
		MaxCount int64     `json:"max_count"`
		MaxGap   float64   `json:"max_interval_s"`
		List     []podStat `json:"list,omitempty"`
	}{Total: total.Load(), Accepted: accepted.Load(), Pods: len(list), MinCount: math.MaxInt64}
	for _, p := range list {
		v := p.eval(now)
		if math.IsNaN(v.kv) || math.IsInf(v.kv, 0) {
			v.kv = -1
		}
		fm := p.peekFault()
		p.mu.Lock()
		s := podStat{IP: p.ip.String(), Count: p.count, Conns: p.conns, Open: p.open, Faulted: p.errs, Bytes: p.bytes, MinIv: p.minIv.Seconds(), MaxIv: p.maxIv.Seconds(), MaxInflight: p.maxIn, Value: v.kv, Running: v.run, Waiting: v.wait, Fault: fm, UA: p.ua, Accept: p.acc, AcceptEnc: p.aenc, Host: p.host, Path: p.path, Auth: p.auth, AskedBy: maps.Clone(p.by)}
		if p.count > 0 {
			s.First, s.Last = float64(p.first.UnixNano())/1e9, float64(p.last.UnixNano())/1e9
			out.Scraped++
		}
		if p.count > 1 {
			s.AvgIv = p.last.Sub(p.first).Seconds() / float64(p.count-1)
		}
		if times {
			n := min(p.ringN, len(p.ring))
			for i := p.ringN - n; i < p.ringN; i++ {
				s.Times = append(s.Times, p.ring[i%len(p.ring)])
			}
		}
		p.mu.Unlock()
		out.MinCount = min(out.MinCount, s.Count)
		out.MaxCount = max(out.MaxCount, s.Count)
		out.MaxGap = math.Max(out.MaxGap, s.MaxIv)
		if r.URL.Query().Get("summary") == "" {
			out.List = append(out.List, s)
		}
	}
	if len(list) == 0 {
		out.MinCount = 0
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(out)
}

func ctlReset(w http.ResponseWriter, r *http.Request) {
	podsMu.RLock()
	for _, p := range pods {
		p.mu.Lock()
		p.count, p.bytes, p.errs, p.conns, p.minIv, p.maxIv, p.ringN, p.maxIn = 0, 0, 0, 0, 0, 0, 0, 0
		p.by = nil
		p.mu.Unlock()
	}
	podsMu.RUnlock()
	total.Store(0)
	accepted.Store(0)
	fmt.Fprintln(w, "ok")
}
