# Settings of the cluster; each can be set in the environment before up.sh.
E2E_DIR=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
: "${E2E_HOME:=$HOME/.cache/nim-rig}"    # what build.sh makes, kept
: "${E2E_NET:=nim-e2e-$(printf %s "$E2E_DIR" | cksum | cut -c1-5)}" # network namespace: one cluster per checkout
: "${E2E_RUN:=$E2E_HOME/clusters/$E2E_NET}" # certificates, kubeconfigs, process ids, logs, etcd's data
: "${E2E_BIN:=$E2E_HOME/bin}"
: "${E2E_NODES:=3}"                      # kwok nodes
: "${E2E_GPUS:=8}"                       # nvidia.com/gpu of each node
: "${E2E_HPA_SYNC:=15s}"                 # HPA sync period (Kubernetes' default)
: "${E2E_HPA_DOWN:=5m0s}"                # HPA downscale stabilization (Kubernetes' default)
: "${E2E_HPA_TOLERANCE:=0.1}"
: "${E2E_KEDA_LOG:=info}"                # zap level of operator and adapter; debug shows each call
E2E_API_IP=10.44.250.1                   # kube-apiserver
E2E_ADAPTER_IP=10.44.240.20              # ClusterIP of keda-metrics-apiserver
E2E_OPERATOR_IP=10.44.240.21             # ClusterIP of keda-operator
E2E_DNS_IP=10.44.240.10
E2E_PROMETHEUS=10.44.240.30:9090         # where a Prometheus of this machine answers; absent where it has none
KEDAS="2.20.2 2.21.0"                    # the versions of KEDA that scenarios run with, the one of most first
: "${E2E_KEDA:=${KEDAS%% *}}"            # the one that runs
E2E_KEDA_DIR=$E2E_HOME/keda-$E2E_KEDA    # its programs and custom resource definitions
for E2E_OTHER_KEDA in $KEDAS; do [ "$E2E_OTHER_KEDA" = "$E2E_KEDA" ] || break; done # another one, for a story about it
export E2E_DIR E2E_HOME E2E_NET E2E_RUN E2E_BIN E2E_KEDA E2E_KEDA_DIR E2E_OTHER_KEDA E2E_PROMETHEUS
export KUBECONFIG="$E2E_RUN/kc/admin.conf"
K8S=1.34.3 ETCD=3.6.5 KWOK=0.7.0 HELM=3.19.0
PROGRAMS="etcd kube-apiserver kube-controller-manager kube-scheduler kwok helm"
# What this machine lacks to run the cluster, its programs aside, in one line; nothing where it lacks nothing.
lacking(){
  [ "$(id -u)" = 0 ] || { echo "root: it makes a network namespace"; return; }
  for tool in ip openssl curl kubectl go; do command -v $tool >/dev/null || { echo "$tool"; return; }; done; }
