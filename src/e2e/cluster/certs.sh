#!/bin/bash
# Certificate authorities, serving and client certificates, the service-account key and kubeconfigs (kept when present)
. "$(dirname "$(readlink -f "$0")")/env.sh"
set -e
P=$E2E_RUN/pki; K=$E2E_RUN/kc; mkdir -p "$P" "$K" "$E2E_RUN/keda-certs"; [ -e "$P/done" ] && exit 0; cd "$P"
q(){ openssl "$@" 2>/dev/null; }
ca(){ q ecparam -name prime256v1 -genkey -noout -out $1.key; q req -x509 -new -key $1.key -subj "/CN=$2" -days 365 -out $1.crt; }
leaf(){ # CA NAME SUBJECT USAGE [SAN]
  q ecparam -name prime256v1 -genkey -noout -out $2.key
  { echo "basicConstraints=CA:FALSE"; echo "keyUsage=digitalSignature"; echo "extendedKeyUsage=$4"; [ -n "$5" ] && echo "subjectAltName=$5"; } >$2.ext
  q req -new -key $2.key -subj "$3" | q x509 -req -CA $1.crt -CAkey $1.key -CAcreateserial -days 365 -extfile $2.ext -out $2.crt; rm $2.ext; }
ca ca e2e-ca; ca front-proxy-ca e2e-front-proxy-ca; ca keda-ca KEDA
q genrsa -out sa.key 2048; q rsa -in sa.key -pubout -out sa.pub
leaf ca apiserver /CN=kube-apiserver serverAuth "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,DNS:localhost,IP:127.0.0.1,IP:$E2E_API_IP,IP:10.44.240.1"
leaf ca admin "/O=system:masters/CN=admin" clientAuth
leaf ca kcm "/CN=system:kube-controller-manager" clientAuth
leaf ca sched "/CN=system:kube-scheduler" clientAuth
leaf ca kwok "/O=system:masters/CN=kwok" clientAuth
leaf front-proxy-ca front-proxy "/CN=front-proxy-client" clientAuth
leaf keda-ca keda "/CN=keda-operator" serverAuth,clientAuth "DNS:keda-operator,DNS:keda-operator.keda,DNS:keda-operator.keda.svc,DNS:keda-operator.keda.svc.cluster.local,DNS:keda-metrics-apiserver,DNS:keda-metrics-apiserver.keda,DNS:keda-metrics-apiserver.keda.svc,DNS:keda-metrics-apiserver.keda.svc.cluster.local,DNS:localhost,IP:127.0.0.1,IP:$E2E_ADAPTER_IP,IP:$E2E_OPERATOR_IP"
cp keda-ca.crt $E2E_RUN/keda-certs/ca.crt; cp keda.crt $E2E_RUN/keda-certs/tls.crt; cp keda.key $E2E_RUN/keda-certs/tls.key
kc(){ # NAME CERT
  cat >$K/$1.conf <<EOF
apiVersion: v1
kind: Config
clusters: [{name: e2e, cluster: {server: "https://$E2E_API_IP:6443", certificate-authority-data: $(base64 -w0 ca.crt)}}]
users: [{name: $1, user: {client-certificate-data: $(base64 -w0 $2.crt), client-key-data: $(base64 -w0 $2.key)}}]
contexts: [{name: e2e, context: {cluster: e2e, user: $1}}]
current-context: e2e
EOF
}
kc admin admin; kc kcm kcm; kc sched sched; kc kwok kwok
touch done
