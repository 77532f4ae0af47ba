// nimfleet: one process that stands for a fleet of NIM/vLLM pods. Every local
// destination IP of an accepted connection is a distinct pod; each serves a body
// taken from a real exposition file with its load gauges replaced.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

type multi []string

func (m *multi) String() string     { return strings.Join(*m, ",") }
func (m *multi) Set(s string) error { *m = append(*m, strings.Split(s, ",")...); return nil }

var (
	onlyListed = flag.Bool("pods", false, "listen on the addresses that POST /pods names, and on no other")
	idle       = flag.Duration("idle", 5*time.Minute, "keep-alive idle limit")
	each       = flag.String("each", "", "open one listener per IP of this CIDR/list instead of a wildcard one (fault refuse is then a real ECONNREFUSED)")
)

func main() {
	var ports, samples multi
	flag.Var(&ports, "port", "port(s) to serve, repeatable or comma list (default 8000)")
	flag.Var(&samples, "sample", "exposition file(s); the first is the default body")
	bind := flag.String("bind", "0.0.0.0", "wildcard bind address")
	ctl := flag.String("ctl", "127.0.0.1:9900", "control address")
	val := flag.Float64("value", 0, "initial KV usage of every pod")
	ctype := flag.String("ctype", "", "Content-Type of /metrics (default: what the sample's engine sends)")
	pth := flag.String("paths", "/metrics,/v1/metrics", "paths that answer with metrics")
	useTLS := flag.Bool("tls", false, "serve TLS with a throw-away self-signed certificate")
	flag.Parse()
	if len(ports) == 0 {
		ports = multi{"8000"}
	}
	for _, s := range strings.Split(*pth, ",") {
		paths[s] = true
	}
	load.cap, load.slots, load.n, load.queue = 1, 64, 1, -1
	for i, s := range samples {
		b, err := os.ReadFile(s)
		if err != nil {
			log.Fatal(err)
		}
		t := parseTemplate(strings.TrimSuffix(filepath.Base(s), ".prom"), b, *ctype)
		tmpls[t.name] = t
		if i == 0 {
			defTmpl.Store(t)
		}
		log.Printf("sample %s: %d bytes %d lines, %d KV series", t.name, t.size, t.nLines, t.nKV)
	}
	if len(samples) == 0 {
		log.Fatal("-sample is required (a real exposition file)")
	}
	gv = vals{kv: *val, set: true}
	ls.per = map[string]net.Listener{}
	ls.ports = ports
	if *useTLS {
		ls.tls = &tls.Config{Certificates: []tls.Certificate{selfCert()}}
	}
	if *onlyListed {
		log.Print("waiting for POST /pods")
	} else if *each != "" {
		list, _, err := sel(*each)
		if err != nil {
			log.Fatal(err)
		}
		for _, p := range list {
			for _, port := range ports {
				if err := ls.openOne(net.JoinHostPort(p.ip.String(), port)); err != nil {
					log.Fatal(err)
				}
			}
		}
		log.Printf("%d listeners", len(ls.per))
	} else {
		for _, port := range ports {
			if err := ls.openOne(net.JoinHostPort(*bind, port)); err != nil {
				log.Fatal(err)
			}
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/set", ctlSet)
	mux.HandleFunc("/trace", ctlTrace)
	mux.HandleFunc("/fault", ctlFault)
	mux.HandleFunc("/load", ctlLoad)
	mux.HandleFunc("/held", ctlHeld)
	mux.HandleFunc("/work", ctlWork)
	mux.HandleFunc("/restart", ctlRestart)
	mux.HandleFunc("/pods", ctlPods)
	mux.HandleFunc("/stats", ctlStats)
	mux.HandleFunc("/reset", ctlReset)
	mux.HandleFunc("/samples", func(w http.ResponseWriter, r *http.Request) {
		for n, t := range tmpls {
			fmt.Fprintf(w, "%s %d bytes %d KV series %s\n", n, t.size, t.nKV, t.ctype)
		}
	})
	mux.HandleFunc("/modes", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, strings.Join(modes, " ")) })
	log.Printf("serving %v on ports %v, control on %s", *pth, ports, *ctl)
	log.Fatal(http.ListenAndServe(*ctl, mux))
}
