// Package apiserver reads from the cluster's API server.
package apiserver

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"time"
)

// Flags are those of a program that reads from the API server.
type Flags struct{ url, ca, cert, key *string }

// DefineFlags makes them; they hold something after flag.Parse.
func DefineFlags() Flags {
	return Flags{
		url:  flag.String("api", "", "URL of the API server"),
		ca:   flag.String("ca", "", "its certificate authority"),
		cert: flag.String("cert", "", "our client certificate"),
		key:  flag.String("key", "", "its key"),
	}
}

// Getter returns what reads a path of the API server as JSON.
func (f Flags) Getter() (func(path string, into any) error, error) {
	pem, err := os.ReadFile(*f.ca)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	pair, err := tls.LoadX509KeyPair(*f.cert, *f.key)
	if err != nil {
		return nil, err
	}
	client := &http.Client{
		Timeout:   5 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}}},
	}
	return func(path string, into any) error {
		r, err := client.Get(*f.url + path)
		if err != nil {
			return err
		}
		defer r.Body.Close()
		if r.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s", path, r.Status)
		}
		return json.NewDecoder(r.Body).Decode(into)
	}, nil
}
