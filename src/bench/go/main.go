// What Prometheus itself needs for a body: its scrape parser, for series alone and with all labels, and the parser that its exporters' tests use.
//
// Usage: go run . FILE SECONDS, which prints one line for each: name, nanoseconds for a body (the least of all rounds), bytes allocated for a body.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
)

const bodiesPerRound = 20

func main() {
	body, err := os.ReadFile(os.Args[1])
	exitOn(err)
	seconds, err := strconv.ParseFloat(os.Args[2], 64)
	exitOn(err)
	measure("textparse, series", seconds, func() error { return series(body, false) })
	measure("textparse, series and labels", seconds, func() error { return series(body, true) })
	measure("expfmt", seconds, func() error {
		parser := expfmt.NewTextParser(model.UTF8Validation)
		_, err := parser.TextToMetricFamilies(bytes.NewReader(body))
		return err
	})
}

func series(body []byte, withLabels bool) error {
	parser := textparse.NewPromParser(body, labels.NewSymbolTable())
	for {
		entry, err := parser.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if entry == textparse.EntrySeries && withLabels {
			var all labels.Labels
			parser.Labels(&all)
		}
	}
}

func measure(name string, seconds float64, read func() error) {
	exitOn(read())
	least := time.Duration(1<<63 - 1)
	bodies := uint64(0)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for begun := time.Now(); time.Since(begun).Seconds() < seconds; {
		round := time.Now()
		for range bodiesPerRound {
			exitOn(read())
		}
		least = min(least, time.Since(round)/bodiesPerRound)
		bodies += bodiesPerRound
	}
	runtime.ReadMemStats(&after)
	fmt.Printf("%s\t%d\t%d\n", name, least.Nanoseconds(), (after.TotalAlloc-before.TotalAlloc)/bodies)
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
