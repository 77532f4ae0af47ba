// clusterdns: the cluster's DNS. It answers A queries for Services: the ClusterIP, or the ready endpoints of a headless one.
// The API server is asked every 2 s, and at once for a name that has no address yet.
package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"log"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"e2e/apiserver"
)

const (
	suffix     = ".svc.cluster.local"
	ttlSeconds = 5
	headerSize = 12
	flagsFound = 0x8580 // response, authoritative, recursion desired and available
	noSuchName = 3
	typeA      = 1
)

type names struct {
	get    func(path string, into any) error
	mu     sync.Mutex
	last   time.Time
	byName map[string][]netip.Addr
}

type serviceList struct {
	Items []struct {
		Metadata struct{ Name, Namespace string }
		Spec     struct{ ClusterIP string }
	}
}

type sliceList struct {
	Items []struct {
		Metadata struct {
			Namespace string
			Labels    map[string]string
		}
		Endpoints []struct {
			Addresses  []netip.Addr
			Conditions struct{ Ready bool }
		}
	}
}

func (n *names) refresh() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if time.Since(n.last) < 20*time.Millisecond {
		return
	}
	n.last = time.Now()
	var services serviceList
	var slices sliceList
	if err := n.get("/api/v1/services", &services); err != nil {
		log.Print(err)
		return
	}
	if err := n.get("/apis/discovery.k8s.io/v1/endpointslices", &slices); err != nil {
		log.Print(err)
		return
	}
	table := map[string][]netip.Addr{}
	headless := map[string]bool{}
	for _, s := range services.Items {
		name := s.Metadata.Name + "." + s.Metadata.Namespace + suffix
		table[name] = nil
		if ip, err := netip.ParseAddr(s.Spec.ClusterIP); err == nil {
			table[name] = []netip.Addr{ip}
		} else {
			headless[name] = s.Spec.ClusterIP == "None"
		}
	}
	for _, s := range slices.Items {
		name := s.Metadata.Labels["kubernetes.io/service-name"] + "." + s.Metadata.Namespace + suffix
		for _, e := range s.Endpoints {
			if headless[name] && e.Conditions.Ready {
				table[name] = append(table[name], e.Addresses...)
			}
		}
	}
	n.byName = table
}

func (n *names) find(name string) ([]netip.Addr, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	a, ok := n.byName[name]
	return a, ok
}

// question returns the name and type that a query asks for, and where its question section ends.
func question(q []byte) (name string, qtype uint16, end int, err error) {
	var labels []string
	i := headerSize
	for {
		if i >= len(q) {
			return "", 0, 0, fmt.Errorf("query of %d bytes is cut off", len(q))
		}
		size := int(q[i])
		i++
		if size == 0 {
			break
		}
		if i+size > len(q) {
			return "", 0, 0, fmt.Errorf("query of %d bytes is cut off", len(q))
		}
		labels = append(labels, string(q[i:i+size]))
		i += size
	}
	if i+4 > len(q) {
		return "", 0, 0, fmt.Errorf("query of %d bytes is cut off", len(q))
	}
	return strings.ToLower(strings.Join(labels, ".")), binary.BigEndian.Uint16(q[i:]), i + 4, nil
}

func (n *names) answer(q []byte) ([]byte, error) {
	name, qtype, end, err := question(q)
	if err != nil {
		return nil, err
	}
	addresses, known := n.find(name)
	if len(addresses) == 0 && strings.HasSuffix(name, suffix) && strings.Count(name, ".") == 4 {
		n.refresh() // a Service made this second, or one whose first pod is ready since
		addresses, known = n.find(name)
	}
	if qtype != typeA {
		addresses = nil
	}
	flags := uint16(flagsFound)
	if !known {
		flags |= noSuchName
	}
	out := append([]byte{}, q[:2]...)
	for _, x := range []uint16{flags, 1, uint16(len(addresses)), 0, 0} {
		out = binary.BigEndian.AppendUint16(out, x)
	}
	out = append(out, q[headerSize:end]...)
	for _, a := range addresses {
		ip := a.As4()
		out = append(out, 0xc0, headerSize, 0, typeA, 0, 1, 0, 0, 0, ttlSeconds, 0, 4)
		out = append(out, ip[:]...)
	}
	return out, nil
}

func main() {
	listen := flag.String("listen", "127.0.0.1:53", "UDP address to answer on")
	api := apiserver.DefineFlags()
	flag.Parse()
	get, err := api.Getter()
	if err != nil {
		log.Fatal(err)
	}
	n := &names{get: get}
	go func() {
		for {
			n.refresh()
			time.Sleep(2 * time.Second)
		}
	}()
	socket, err := net.ListenPacket("udp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	buffer := make([]byte, 4096)
	for {
		size, peer, err := socket.ReadFrom(buffer)
		if err != nil {
			log.Fatal(err)
		}
		out, err := n.answer(buffer[:size])
		if err != nil {
			log.Print(err)
			continue
		}
		if _, err := socket.WriteTo(out, peer); err != nil {
			log.Print(err)
		}
	}
}
