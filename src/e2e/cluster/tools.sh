#!/bin/bash
# Builds the programs of this project itself, nimfleet and the cluster's DNS, into $E2E_RUN/bin: a matter of seconds.
. "$(dirname "$(readlink -f "$0")")/env.sh"
set -e
mkdir -p "$E2E_RUN/bin"
cd "$E2E_DIR/go"
CGO_ENABLED=0 go build -buildvcs=false -trimpath -o "$E2E_RUN/bin/" ./...
