#!/bin/bash
# Builds the cluster's programs from their Go modules into $E2E_HOME/bin, and each version of KEDA into $E2E_HOME/keda-VERSION, once:
# a second run builds only what is missing.
# build.sh NAME...     builds only those; keda-VERSION is one
# build.sh --missing   builds nothing, names what is missing for a cluster with $E2E_KEDA
# Needs Go 1.26 or newer, and about 40 minutes of two cores the first time.
. "$(dirname "$(readlink -f "$0")")/env.sh"
set -e
kedas(){ printf '%s\n' $KEDAS "$E2E_KEDA" | sort -u; }
hasKeda(){ [ -x "$E2E_HOME/keda-$1/keda-operator" ] && [ -x "$E2E_HOME/keda-$1/keda-adapter" ] && [ -d "$E2E_HOME/keda-$1/crds" ]; }
missing(){ for n in $PROGRAMS; do [ -x "$E2E_BIN/$n" ] || echo "$n"; done; hasKeda "$E2E_KEDA" || echo "keda-$E2E_KEDA"; }
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
build(){ # PROGRAM PACKAGE [LDFLAGS]: a program's name, or where else it goes
  local s=$SECONDS to=$E2E_BIN/$1; case $1 in /*) to=$1 ;; esac; echo "building ${to#"$E2E_HOME/"}, once"
  go build -mod=mod -trimpath -ldflags "-s -w $3" -o "$to" "$2"; echo "built ${to#"$E2E_HOME/"} in $((SECONDS - s)) s"; }
named(){ local n=$1; shift; [ $# -eq 0 ] || printf '%s\n' "$@" | grep -qx "$n"; }
wanted(){ [ ! -x "$E2E_BIN/$1" ] && named "$@"; }
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
for v in $(kedas); do
  named keda-$v "$@" && ! hasKeda $v || continue
  to=$E2E_HOME/keda-$v; mkdir -p "$to"
  workspace keda-$v github.com/kedacore/keda/v2 v$v github.com/kedacore/keda/v2/cmd/{operator,adapter}
  if [ ! -d "$to/crds" ]; then # its custom resource definitions, from the module itself
    d=$(go list -mod=mod -m -f '{{.Dir}}' github.com/kedacore/keda/v2)
    mkdir "$to/crds"; cp "$d"/config/crd/bases/*.yaml "$to/crds/"; chmod -R u+w "$to/crds"
  fi
  for n in keda-operator keda-adapter; do
    [ -x "$to/$n" ] || build "$to/$n" github.com/kedacore/keda/v2/cmd/${n#keda-} "-X github.com/kedacore/keda/v2/version.Version=$v"
  done
done
