#!/bin/bash
# Builds the cluster's programs from their Go modules into $E2E_HOME/bin, once: a second run builds only what is missing.
# build.sh NAME...     builds only those
# build.sh --missing   builds nothing, names what is missing
# Needs Go 1.25 or newer, and about 25 minutes of two cores the first time.
. "$(dirname "$(readlink -f "$0")")/env.sh"
set -e
missing(){ for n in $PROGRAMS; do [ -x "$E2E_BIN/$n" ] || echo "$n"; done; [ -d "$E2E_HOME/keda/crds" ] || echo crds; }
if [ "${1:-}" = --missing ]; then missing; exit; fi
export CGO_ENABLED=0 GOFLAGS=-buildvcs=false
mkdir -p "$E2E_BIN" "$E2E_HOME/src"
modfile(){ # MODULE VERSION: where the module's own go.mod lies
  go mod download -json "$1@$2" | sed -n 's/^\t"GoMod": "\(.*\)",\?$/\1/p'; }
workspace(){ # NAME MODULE VERSION PACKAGE…: a small module that requires MODULE and repeats its replacements
  local d="$E2E_HOME/src/$1" mod=$2 v=$3 gm; shift 3
  mkdir -p "$d"; cd "$d"; gm=$(modfile "$mod" "$v")
  { echo "module e2e"; grep -E '^go [0-9]' "$gm"; grep -E '^godebug default' "$gm" || true
    echo "require $mod $v"; echo "replace ("
    sed -n '/^replace (/,/^)/{/=>/p}; s/^replace \([^(].*=>.*\)$/\1/p' "$gm" |
      sed -E "s#(k8s.io/[a-z0-9-]+) => ./staging/src/.*#\1 => \1 v0.${v#v1.}#" | grep -vE '=> \.' || true
    echo ")"; } >go.mod
  { echo "//go:build tools"; echo; echo "package e2e"; echo; echo "import ("
    for p in "$@"; do echo " _ \"$p\""; done; echo ")"; } >imports.go
  [ -s go.sum ] || go mod tidy -e >tidy.log 2>&1; }
build(){ # PROGRAM PACKAGE [LDFLAGS]
  local s=$SECONDS; echo "building $1, once"
  go build -mod=mod -trimpath -ldflags "-s -w $3" -o "$E2E_BIN/$1" "$2"; echo "built $1 in $((SECONDS - s)) s"; }
wanted(){ local n=$1; shift; [ ! -x "$E2E_BIN/$n" ] && { [ $# -eq 0 ] || printf '%s\n' "$@" | grep -qx "$n"; }; }
version="-X k8s.io/component-base/version.gitVersion=v$K8S -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=34"
for n in kube-apiserver kube-controller-manager kube-scheduler; do
  wanted $n "$@" || continue
  workspace k8s k8s.io/kubernetes v$K8S k8s.io/kubernetes/cmd/{kube-apiserver,kube-controller-manager,kube-scheduler}
  build $n k8s.io/kubernetes/cmd/$n "$version"
done
if wanted etcd "$@"; then workspace etcd go.etcd.io/etcd/server/v3 v$ETCD go.etcd.io/etcd/server/v3; build etcd go.etcd.io/etcd/server/v3; fi
if wanted kwok "$@"; then workspace kwok sigs.k8s.io/kwok v$KWOK sigs.k8s.io/kwok/cmd/kwok; build kwok sigs.k8s.io/kwok/cmd/kwok; fi
if wanted helm "$@"; then # renders and installs the chart of k8s/helm
  workspace helm helm.sh/helm/v3 v$HELM helm.sh/helm/v3/cmd/helm
  v=helm.sh/helm/v3/pkg; build helm helm.sh/helm/v3/cmd/helm "-X $v/lint/rules.k8sVersionMajor=1 -X $v/lint/rules.k8sVersionMinor=34 -X $v/chartutil.k8sVersionMajor=1 -X $v/chartutil.k8sVersionMinor=34"
fi
for n in keda-operator keda-adapter; do
  wanted $n "$@" || continue
  workspace keda github.com/kedacore/keda/v2 v$KEDA github.com/kedacore/keda/v2/cmd/{operator,adapter}
  build $n github.com/kedacore/keda/v2/cmd/${n#keda-} "-X github.com/kedacore/keda/v2/version.Version=$KEDA"
done
if [ ! -d "$E2E_HOME/keda/crds" ]; then # KEDA's custom resource definitions, from the module itself
  workspace keda github.com/kedacore/keda/v2 v$KEDA github.com/kedacore/keda/v2/cmd/{operator,adapter}
  d=$(go list -mod=mod -m -f '{{.Dir}}' github.com/kedacore/keda/v2)
  mkdir -p "$E2E_HOME/keda/crds"; cp "$d"/config/crd/bases/*.yaml "$E2E_HOME/keda/crds/"; chmod -R u+w "$E2E_HOME/keda"
fi
