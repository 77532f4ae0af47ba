// podtargets: the pods of the cluster as targets of Prometheus's HTTP service discovery, with the labels that its own discovery of
// pods (kubernetes_sd_configs, role: pod) would give them: Debian's Prometheus is built without that.
package main

import (
	"encoding/json"
	"flag"
	"log"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"e2e/apiserver"
)

type podList struct {
	Items []struct {
		Metadata struct {
			Name, Namespace     string
			Labels, Annotations map[string]string
		}
		Spec struct {
			NodeName   string
			Containers []struct {
				Name  string
				Ports []struct {
					Name          string
					ContainerPort int
				}
			}
		}
		Status struct {
			PodIP      string
			Phase      string
			Conditions []struct{ Type, Status string }
		}
	}
}

type target struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels"`
}

var notOfALabel = regexp.MustCompile(`[^a-zA-Z0-9_]`)

// targetsOf gives one target for each container port of a pod that has an address.
func targetsOf(pods podList) []target {
	targets := []target{}
	for _, pod := range pods.Items {
		if pod.Status.PodIP == "" {
			continue
		}
		ready := "false"
		for _, c := range pod.Status.Conditions {
			if c.Type == "Ready" {
				ready = strings.ToLower(c.Status)
			}
		}
		of := map[string]string{
			"__meta_kubernetes_namespace":     pod.Metadata.Namespace,
			"__meta_kubernetes_pod_name":      pod.Metadata.Name,
			"__meta_kubernetes_pod_ip":        pod.Status.PodIP,
			"__meta_kubernetes_pod_ready":     ready,
			"__meta_kubernetes_pod_phase":     pod.Status.Phase,
			"__meta_kubernetes_pod_node_name": pod.Spec.NodeName,
		}
		for name, value := range pod.Metadata.Labels {
			of["__meta_kubernetes_pod_label_"+notOfALabel.ReplaceAllString(name, "_")] = value
		}
		for name, value := range pod.Metadata.Annotations {
			of["__meta_kubernetes_pod_annotation_"+notOfALabel.ReplaceAllString(name, "_")] = value
		}
		for _, container := range pod.Spec.Containers {
			for _, port := range container.Ports {
				number := strconv.Itoa(port.ContainerPort)
				labels := map[string]string{
					"__meta_kubernetes_pod_container_name":        container.Name,
					"__meta_kubernetes_pod_container_port_name":   port.Name,
					"__meta_kubernetes_pod_container_port_number": number,
				}
				for name, value := range of {
					labels[name] = value
				}
				targets = append(targets, target{[]string{net.JoinHostPort(pod.Status.PodIP, number)}, labels})
			}
		}
	}
	return targets
}

func main() {
	listen := flag.String("listen", "127.0.0.1:9093", "address to answer on")
	api := apiserver.DefineFlags()
	flag.Parse()
	get, err := api.Getter()
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(*listen, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var pods podList
		if err := get("/api/v1/pods", &pods); err != nil {
			// Prometheus then keeps the targets it has
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(targetsOf(pods)); err != nil {
			log.Print(err)
		}
	})))
}
