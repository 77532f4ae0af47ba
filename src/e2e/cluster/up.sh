#!/bin/bash
# Starts a real Kubernetes control plane, KEDA and kwok (which plays the kubelets) inside a network namespace; safe to run again.
# Builds what is missing first. Needs root, Go, iproute2, openssl, curl and kubectl.
. "$(dirname "$(readlink -f "$0")")/env.sh"
set -e
R=$E2E_RUN P=$E2E_RUN/pki M=$E2E_DIR/manifests
say(){ printf '%4d s  %s\n' $SECONDS "$*"; }
nx(){ ip netns exec "$E2E_NET" "$@"; }
kc(){ "$E2E_DIR/in" kubectl "$@"; }
waitfor(){ # NAME SECONDS CMD...
  local n=$1 s=$(($2 + SECONDS)); shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $s ] || { say "$n is not ready, see $R/log"; exit 1; }; sleep 0.2; done
  say "$n is ready"; }
lack=$(lacking); [ -z "$lack" ] || { echo "up.sh needs $lack"; exit 1; }
[ -z "$("$E2E_DIR/build.sh" --missing)" ] || "$E2E_DIR/build.sh"

mkdir -p "$R"/{bin,pids,log,kc,pki,etcd}
"$E2E_DIR/tools.sh"
ip netns list | grep -qw "^$E2E_NET" || ip netns add "$E2E_NET"
nx ip link set lo up
# Every address of the cluster is local here: a process that listens on a pod's address is that pod.
nx ip route replace local 10.44.0.0/16 dev lo
printf 'nameserver %s\nsearch keda.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5 timeout:1\n' $E2E_DNS_IP >$R/resolv.conf
"$E2E_DIR/certs.sh"
say "network namespace $E2E_NET, certificates"

start(){ "$E2E_DIR/component" "$@"; }
start etcd
waitfor etcd 30 nx curl -sf -m 2 http://127.0.0.1:2379/health
start kube-apiserver
waitfor kube-apiserver 80 nx curl -sf -m 3 --cacert $P/ca.crt --cert $P/admin.crt --key $P/admin.key https://$E2E_API_IP:6443/readyz
start kube-controller-manager kube-scheduler kwok dns
for v in $E2E_KEDA $KEDAS; do # those of the newest version come last, as in an upgrade
  [ ! -d "$E2E_HOME/keda-$v/crds" ] || kc apply --server-side --force-conflicts -f "$E2E_HOME/keda-$v/crds" >/dev/null
done
kc apply -f $M/keda.yaml >/dev/null
sed -e "s/@OPERATOR_IP@/$E2E_OPERATOR_IP/;s/@ADAPTER_IP@/$E2E_ADAPTER_IP/g;s/@CABUNDLE@/$(base64 -w0 $P/keda-ca.crt)/" \
  $M/apiservice.yaml.in | kc apply -f - >/dev/null
for ((i = 0; i < E2E_NODES; i++)); do cat <<EOF
---
apiVersion: v1
kind: Node
metadata:
  name: kwok-$i
  labels: {kubernetes.io/hostname: kwok-$i, kubernetes.io/os: linux, kubernetes.io/arch: amd64, type: kwok, nvidia.com/gpu.present: "true"}
  annotations: {kwok.x-k8s.io/node: fake}
status:
  allocatable: {cpu: "128", memory: 1Ti, ephemeral-storage: 1Ti, pods: "1000", nvidia.com/gpu: "$E2E_GPUS"}
  capacity: {cpu: "128", memory: 1Ti, ephemeral-storage: 1Ti, pods: "1000", nvidia.com/gpu: "$E2E_GPUS"}
EOF
done | kc apply -f - >/dev/null
if [ ! -s $R/kc/keda.conf ]; then
  waitfor "KEDA's service account" 30 kc -n keda get sa keda-operator
  token=$(kc -n keda create token keda-operator --duration=48h)
  cat >$R/kc/keda.conf <<EOF
apiVersion: v1
kind: Config
clusters: [{name: e2e, cluster: {server: "https://$E2E_API_IP:6443", certificate-authority-data: $(base64 -w0 $P/ca.crt)}}]
users: [{name: keda, user: {token: "$token"}}]
contexts: [{name: e2e, context: {cluster: e2e, user: keda}}]
current-context: e2e
EOF
fi
start keda-operator keda-adapter
if command -v prometheus >/dev/null; then
  start pod-targets prometheus
  waitfor prometheus 30 nx curl -sf -m 2 http://$E2E_PROMETHEUS/-/ready
else
  say "no prometheus here: scenarios that need it are skipped"
fi
waitfor kube-controller-manager 60 nx curl -skf -m 2 https://127.0.0.1:10257/healthz
waitfor kube-scheduler 60 nx curl -skf -m 2 https://127.0.0.1:10259/healthz
waitfor kwok 60 nx curl -sf -m 2 http://127.0.0.1:10247/healthz
waitfor "$E2E_NODES nodes" 60 kc wait --for=condition=Ready node --all --timeout=1s
waitfor keda-operator 80 nx curl -sf -m 2 http://127.0.0.1:18081/readyz
waitfor keda-adapter 80 nx curl -skf -m 2 https://$E2E_ADAPTER_IP:443/readyz
waitfor "external metrics" 60 kc wait --for=condition=Available apiservice/v1beta1.external.metrics.k8s.io --timeout=1s
say "the cluster is up: $E2E_DIR/in kubectl get pods -A"
