package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"net/netip"
	"sync"
	"time"
)

type listeners struct {
	mu    sync.Mutex
	per   map[string]net.Listener // "ip:port"
	ports []string
	tls   *tls.Config
}

var ls listeners

func accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			time.Sleep(5 * time.Millisecond)
			continue
		}
		go serveConn(c)
	}
}

func (s *listeners) openOne(addr string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.per[addr] != nil {
		return nil
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	if s.tls != nil {
		l = tls.NewListener(l, s.tls)
	}
	s.per[addr] = l
	go accept(l)
	return nil
}

func (s *listeners) closeOne(addr string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.per[addr]; l != nil {
		l.Close()
		delete(s.per, addr)
	}
}

// listen opens or closes a pod's ports; where they are closed, connecting is refused.
func (s *listeners) listen(ip netip.Addr, open bool) error {
	var errs []error
	for _, port := range s.ports {
		a := net.JoinHostPort(ip.String(), port)
		if open {
			errs = append(errs, s.openOne(a))
		} else {
			s.closeOne(a)
		}
	}
	return errors.Join(errs...)
}

// follow listens on exactly the given pods, but for those that refuse.
func (s *listeners) follow(pods map[netip.Addr]bool) error {
	s.mu.Lock()
	var gone []string
	for a := range s.per {
		if ap, err := netip.ParseAddrPort(a); err != nil || !known(pods, ap.Addr()) {
			gone = append(gone, a)
		}
	}
	s.mu.Unlock()
	for _, a := range gone {
		s.closeOne(a)
	}
	var errs []error
	for ip := range pods {
		errs = append(errs, s.listen(ip, getPod(ip).peekFault() != "refuse"))
	}
	return errors.Join(errs...)
}

func known(pods map[netip.Addr]bool, ip netip.Addr) bool {
	_, ok := pods[ip]
	return ok
}

func selfCert() tls.Certificate {
	k, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	t := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "nimfleet"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), DNSNames: []string{"localhost"}}
	d, _ := x509.CreateCertificate(rand.Reader, t, t, &k.PublicKey, k)
	return tls.Certificate{Certificate: [][]byte{d}, PrivateKey: k}
}
