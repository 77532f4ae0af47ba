#!/bin/bash
# Stops every process that up.sh started, and deletes the network namespace and the cluster's state.
. "$(dirname "$(readlink -f "$0")")/env.sh"
if cd "$E2E_RUN/pids" 2>/dev/null; then
  for name in $(ls | grep -vx -e etcd -e kube-apiserver); do "$E2E_DIR/in" -k "$name" & done; wait
  "$E2E_DIR/in" -k kube-apiserver; "$E2E_DIR/in" -k etcd
fi
if ip netns list | grep -qw "^$E2E_NET"; then
  left=$(ip netns pids "$E2E_NET"); [ -n "$left" ] && echo "still in $E2E_NET, not started by up.sh: $left"
  ip netns del "$E2E_NET"
fi
cd / && rm -rf "${E2E_RUN:?}"
