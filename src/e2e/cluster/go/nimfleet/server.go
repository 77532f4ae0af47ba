package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

var bufPool = sync.Pool{New: func() any { b := make([]byte, 0, 96<<10); return &b }}

func rst(c net.Conn) {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if t, ok := c.(*net.TCPConn); ok {
		t.SetLinger(0)
	}
	c.Close()
}

func serveConn(c net.Conn) {
	accepted.Add(1)
	la, ok := netip.AddrFromSlice(c.LocalAddr().(*net.TCPAddr).IP)
	if !ok {
		c.Close()
		return
	}
	p := getPod(la)
	p.mu.Lock()
	p.conns++
	p.open++
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.open--
		p.mu.Unlock()
		c.Close()
	}()
	if f := p.peekFault(); f == "refuse" || f == "reset" {
		p.mu.Lock()
		p.errs++
		p.mu.Unlock()
		p.curFault(time.Now())
		rst(c)
		return
	}
	br := bufio.NewReaderSize(c, 2048)
	for {
		c.SetReadDeadline(time.Now().Add(*idle))
		var method, path, ua, acc, aenc, host string
		var auth, clos bool
		first := true
		for {
			line, err := br.ReadSlice('\n')
			if err != nil {
				return
			}
			line = bytes.TrimRight(line, "\r\n")
			if len(line) == 0 {
				if first {
					continue
				}
				break
			}
			if first {
				first = false
				a := bytes.IndexByte(line, ' ')
				b := bytes.LastIndexByte(line, ' ')
				if a < 0 || b <= a {
					return
				}
				method, path = string(line[:a]), string(line[a+1:b])
				if bytes.HasSuffix(line, []byte("/1.0")) {
					clos = true
				}
				continue
			}
			i := bytes.IndexByte(line, ':')
			if i <= 0 {
				continue
			}
			v := bytes.TrimSpace(line[i+1:])
			switch len(line[:i]) {
			case 4:
				if bytes.EqualFold(line[:i], []byte("host")) {
					host = string(v)
				}
			case 6:
				if bytes.EqualFold(line[:i], []byte("accept")) {
					acc = string(v)
				}
			case 10:
				if bytes.EqualFold(line[:i], []byte("user-agent")) {
					ua = string(v)
				} else if bytes.EqualFold(line[:i], []byte("connection")) && bytes.EqualFold(v, []byte("close")) {
					clos = true
				}
			case 13:
				if bytes.EqualFold(line[:i], []byte("authorization")) {
					auth = true
				}
			case 15:
				if bytes.EqualFold(line[:i], []byte("accept-encoding")) {
					aenc = string(v)
				}
			}
		}
		c.SetReadDeadline(time.Time{})
		now := time.Now()
		q := path
		if i := strings.IndexByte(q, '?'); i >= 0 {
			q = q[:i]
		}
		isM := paths[q]
		p.mu.Lock()
		if isM {
			if p.count > 0 {
				iv := now.Sub(p.last)
				if p.minIv == 0 || iv < p.minIv {
					p.minIv = iv
				}
				if iv > p.maxIv {
					p.maxIv = iv
				}
			} else {
				p.first = now
			}
			p.last = now
			p.count++
			p.ring[p.ringN%len(p.ring)] = now.UnixNano()
			p.ringN++
			if p.by == nil {
				p.by = map[string]int64{}
			}
			agent, _, _ := strings.Cut(ua, "/")
			p.by[agent]++
		}
		p.ua, p.acc, p.aenc, p.host, p.path, p.auth = ua, acc, aenc, host, path, auth
		p.infl++
		if p.infl > p.maxIn {
			p.maxIn = p.infl
		}
		p.mu.Unlock()
		total.Add(1)
		n, keep := answer(c, p, method, q, isM, now)
		p.mu.Lock()
		p.bytes += int64(n)
		p.infl--
		p.mu.Unlock()
		if !keep || clos {
			return
		}
	}
}

func (p *pod) peekFault() string {
	now := time.Now()
	p.mu.Lock()
	f := p.f
	p.mu.Unlock()
	if f.mode != "" && (f.until.IsZero() || now.Before(f.until)) && f.left != 0 {
		return f.mode
	}
	gmu.RLock()
	defer gmu.RUnlock()
	if m := absent(p.ip); m != "" {
		return m
	}
	if gf.mode != "" && (gf.until.IsZero() || now.Before(gf.until)) {
		return gf.mode
	}
	return ""
}

func simple(c net.Conn, code int, ctype, body string) (int, bool) {
	s := fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", code, http.StatusText(code), ctype, len(body), body)
	n, err := io.WriteString(c, s)
	return n, err == nil
}

var (
	bombsMu sync.Mutex
	bombs   = map[int][]byte{}
)

// gzipBomb is a gzip member of so many MB of comments, which may follow another one. Made once: a fleet of them would take all CPUs.
func gzipBomb(mb int) []byte {
	bombsMu.Lock()
	defer bombsMu.Unlock()
	if bombs[mb] == nil {
		var member bytes.Buffer
		zw, _ := gzip.NewWriterLevel(&member, gzip.BestSpeed)
		z := bytes.Repeat([]byte("# pad pad pad pad pad pad pad pad pad\n"), 27594)
		for i := 0; i < mb; i++ {
			zw.Write(z)
		}
		zw.Close()
		bombs[mb] = member.Bytes()
	}
	return bombs[mb]
}

func answer(c net.Conn, p *pod, method, path string, isM bool, now time.Time) (int, bool) {
	f := p.curFault(now)
	if f.mode != "" {
		p.mu.Lock()
		p.errs++
		p.mu.Unlock()
	}
	switch f.mode {
	case "refuse", "reset":
		rst(c)
		return 0, false
	case "hang":
		buf := make([]byte, 256)
		c.SetReadDeadline(time.Now().Add(10 * time.Minute))
		for {
			if _, err := c.Read(buf); err != nil {
				return 0, false
			}
		}
	case "close":
		return 0, false
	case "500", "502", "503", "404", "401", "403", "429":
		code, _ := strconv.Atoi(f.mode)
		return simple(c, code, "text/plain", http.StatusText(code)+"\n")
	case "loading": // proxy in front of a backend that is still loading its model
		if strings.Contains(path, "/live") {
			return simple(c, 200, "application/json", `{"object":"health.response","message":"live","status":"live"}`)
		}
		return simple(c, 503, "application/json", `{"error":"Service is not ready"}`)
	case "redirect":
		n, err := io.WriteString(c, "HTTP/1.1 307 Temporary Redirect\r\nLocation: /metrics/\r\nContent-Length: 0\r\n\r\n")
		return n, err == nil
	case "empty":
		return simple(c, 200, "text/plain; version=0.0.4; charset=utf-8", "")
	case "html":
		return simple(c, 200, "text/html", "<html><body>It works!</body></html>\n")
	case "text": // a file as busybox's httpd serves it, which knows no type for it
		return simple(c, 200, "application/octet-stream", f.text)
	case "garbage":
		b := make([]byte, 8192)
		rand.Read(b)
		return simple(c, 200, "text/plain; version=0.0.4", string(b))
	case "notHTTP":
		b := make([]byte, 4096)
		rand.Read(b)
		n, _ := c.Write(b)
		return n, false
	case "huge": // arg = MB of valid exposition that never mentions the gauge
		mb := f.arg
		if mb == 0 {
			mb = 64
		}
		sz := int64(mb * (1 << 20))
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: %d\r\n\r\n", sz)
		chunk := bytes.Repeat([]byte("filler_metric_total{a=\"0123456789abcdef0123456789\"} 1.0\n"), 1200)
		var w int64
		for w < sz {
			k := chunk
			if int64(len(k)) > sz-w {
				k = k[:sz-w]
			}
			n, err := c.Write(k)
			w += int64(n)
			if err != nil {
				return int(w), false
			}
		}
		return int(w), true
	case "endless": // chunked, never ends
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nTransfer-Encoding: chunked\r\n\r\n")
		w := 0
		for {
			n, err := io.WriteString(c, "1d\r\nfiller_total{a=\"012345\"} 1.0\n\r\n")
			w += n
			if err != nil {
				return w, false
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	if !isM {
		switch path {
		case "/health", "/v1/health/ready", "/v1/health/live", "/health/ready", "/":
			return simple(c, 200, "application/json", `{"object":"health.response","message":"Service is ready.","status":"ready"}`)
		}
		return simple(c, 404, "application/json", `{"detail":"Not Found"}`)
	}
	t := p.template()
	v := p.eval(now)
	bp := bufPool.Get().(*[]byte)
	defer bufPool.Put(bp)
	const hdrRoom = 192
	b := (*bp)[:0]
	b = append(b, make([]byte, hdrRoom)...)
	var w *worked
	if done, on := p.snapshot(now); on {
		w = &done
	}
	b = render(b, t, v, w, f.mode)
	*bp = b
	body := b[hdrRoom:]
	enc := ""
	if f.mode == "gzip" || f.mode == "gzipbomb" {
		var zb bytes.Buffer
		zw, _ := gzip.NewWriterLevel(&zb, gzip.BestSpeed)
		zw.Write(body)
		zw.Close()
		body = zb.Bytes()
		if f.mode == "gzipbomb" {
			mb := int(f.arg)
			if mb == 0 {
				mb = 256
			}
			body = append(body, gzipBomb(mb)...)
		}
		enc = "Content-Encoding: gzip\r\n"
	}
	if f.mode == "crlf" {
		body = bytes.ReplaceAll(body, []byte("\n"), []byte("\r\n"))
	}
	if f.mode == "chunked" {
		w := 0
		n, _ := fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n", t.ctype)
		w += n
		for len(body) > 0 {
			k := min(1000, len(body))
			n, err := fmt.Fprintf(c, "%x\r\n%s\r\n", k, body[:k])
			w += n
			if err != nil {
				return w, false
			}
			body = body[k:]
		}
		n, err := io.WriteString(c, "0\r\n\r\n")
		return w + n, err == nil
	}
	hdr := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n", t.ctype, enc, len(body))
	if method == "HEAD" {
		n, err := io.WriteString(c, hdr)
		return n, err == nil
	}
	switch f.mode {
	case "truncate": // full Content-Length, connection closed part-way
		fr := f.arg
		if fr <= 0 {
			fr = 0.5
		}
		n1, _ := io.WriteString(c, hdr)
		n2, _ := c.Write(body[:int(float64(len(body))*fr)])
		return n1 + n2, false
	case "slow": // arg = seconds for the whole body, dribbled
		d := f.arg
		if d <= 0 {
			d = 10
		}
		w, _ := io.WriteString(c, hdr)
		steps := 50
		for i := 0; i < steps; i++ {
			a, z := len(body)*i/steps, len(body)*(i+1)/steps
			n, err := c.Write(body[a:z])
			w += n
			if err != nil {
				return w, false
			}
			time.Sleep(time.Duration(d / float64(steps) * float64(time.Second)))
		}
		return w, true
	case "delay": // arg = seconds before the first byte
		time.Sleep(time.Duration(f.arg * float64(time.Second)))
	}
	if enc == "" && f.mode != "crlf" && len(hdr) <= hdrRoom {
		off := hdrRoom - len(hdr)
		copy(b[off:hdrRoom], hdr)
		n, err := c.Write(b[off:])
		return n, err == nil
	}
	n1, _ := io.WriteString(c, hdr)
	n2, err := c.Write(body)
	return n1 + n2, err == nil
}

func (p *pod) template() *tmpl {
	p.mu.Lock()
	t := p.tm
	p.mu.Unlock()
	if t != nil {
		return t
	}
	return defTmpl.Load()
}
