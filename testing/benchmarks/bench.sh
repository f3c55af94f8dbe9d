#!/usr/bin/env bash
# ./dev bench NAME: measures one figure of docs/benchmarks.md on a cluster of its own and prints it.
# NAME: start | idle | reads | writes | tails | podstart | pets | deployment
set -euo pipefail
HERE=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
NAME=${1:-}
WORK=$(mktemp -d)
PROFILE=bench
TOKEN=bench
export TIPHYS_HOME=$WORK KUBECONFIG=$WORK/kubeconfig
hollow=

tiphys() { "$ROOT/tiphys" "$@" --profile $PROFILE; }
finish() {
  [ -z "$hollow" ] || kill "$hollow" 2>/dev/null || true
  tiphys delete >/dev/null 2>&1 || true
  rm -rf "$WORK"
}
trap finish EXIT

start() { tiphys start --token $TOKEN "$@" >"$WORK/start.log" || { cat "$WORK/start.log"; exit 1; }; }
server() { kubectl config view --minify -o 'jsonpath={.clusters[0].cluster.server}'; }
pid() { tiphys status -o json | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p'; }
millis() { echo $(($(date +%s%N) / 1000000)); }
cpu_ticks() { awk '{print $14 + $15}' "/proc/$(pid)/stat"; }
load() { wrk -t2 "$1" -d10s --timeout 30s --latency -s "$2" "$3" | grep -E 'Requests/sec|Transfer/sec|50%|99%' | tr -s ' \n' ' '; }
# steady URL [OPTION ...]: 1,000 requests/s over 32 connections for 20 s; of their times the median and p99
steady() {
  local url=$1
  shift
  rm -f "$WORK/times"
  h2load --h1 -c32 -t1 --rps=31.25 -D20 --log-file="$WORK/times" -H "Authorization: Bearer $TOKEN" "$@" "$url" >/dev/null
  awk '$2 < 300 {print $3}' "$WORK/times" | sort -n \
    | awk '{t[NR] = $1} END {printf "%d answered well, 50%% %.2fms 99%% %.2fms", NR, t[int(NR / 2)] / 1000, t[int(NR * 0.99)] / 1000}'
}
figure() { printf '%-34s %s\n' "$1" "$2"; }
hollow_nodes() {
  : >"$WORK/hollow.log"
  python3 "$HERE/load/hollow.py" "$(server)" $TOKEN "$1" >"$WORK/hollow.log" &
  hollow=$!
  until grep -q registered "$WORK/hollow.log"; do sleep 0.2; done
}
# The image that pods are started from: Debian's busybox, sleeping. A docker archive needs no tools.
image() {
  local rootfs=$WORK/image/rootfs
  mkdir -p "$rootfs/bin"
  cp "$(PATH=$PATH:/bin:/usr/bin command -v busybox)" "$rootfs/bin/busybox"
  ln -s busybox "$rootfs/bin/sleep"
  tar -C "$rootfs" -cf "$WORK/image/layer.tar" .
  local layer
  layer=$(sha256sum "$WORK/image/layer.tar" | cut -d' ' -f1)
  echo '{"architecture":"amd64","os":"linux","config":{"Cmd":["sleep","100000"]},"rootfs":{"type":"layers","diff_ids":["sha256:'"$layer"'"]}}' >"$WORK/image/config.json"
  echo '[{"Config":"config.json","RepoTags":["bench:v1"],"Layers":["layer.tar"]}]' >"$WORK/image/manifest.json"
  tar -C "$WORK/image" -cf "$WORK/bench.tar" manifest.json config.json layer.tar
  "$ROOT/tiphys" image load --profile $PROFILE "$WORK/bench.tar" >/dev/null
}

case $NAME in
  start) # the second start of a profile, five times: to ready, and to the first pod Running
    start && image && tiphys stop >/dev/null
    for _ in 1 2 3 4 5; do
      begin=$(millis)
      start
      ready=$(millis)
      kubectl run first --image=bench:v1 --image-pull-policy=Never >/dev/null
      kubectl wait --for=jsonpath='{.status.phase}'=Running pod/first --timeout=60s >/dev/null
      figure 'start to ready, to first pod' "$((ready - begin)) ms, $(($(millis) - begin)) ms; $(tail -n 1 "$WORK/start.log" | cut -d: -f1)"
      kubectl delete pod first --grace-period=0 --force >/dev/null 2>&1
      tiphys stop >/dev/null
    done
    ;;
  idle) # a minute after start: resident memory, and the CPU of the minute after
    start
    sleep 60
    before=$(cpu_ticks)
    sleep 60
    figure 'idle resident memory' "$(awk '/VmRSS/{print int($2 / 1024)}' "/proc/$(pid)/status") MB"
    figure 'idle CPU of a core' "$(echo "$(cpu_ticks) $before $(getconf CLK_TCK)" | awk '{printf "%.2f %%", ($1 - $2) * 100 / $3 / 60}')"
    ;;
  reads) # wrk, 32 connections, on 5,000 pods; each is run twice, the first warms up
    start --no-node
    export TOKEN
    KIND=pod PRE=p wrk -t2 -c32 -d4s -s "$HERE/load/create.lua" "$(server)" >/dev/null
    for _ in 1 2; do
      figure 'GET one pod' "$(load -c32 "$HERE/load/read.lua" "$(server)/api/v1/namespaces/default/pods/p-0-5")"
    done
    for _ in 1 2; do
      figure 'LIST 5,000 pods' "$(load -c2 "$HERE/load/read.lua" "$(server)/api/v1/pods?limit=5000")"
    done
    ;;
  writes) # wrk, 32 connections, a durable store; each is run twice, the first warms up
    start --no-node
    export TOKEN
    for kind in configmap configmap pod pod; do
      figure "create ${kind}s" "$(KIND=$kind PRE=$kind$RANDOM load -c32 "$HERE/load/create.lua" "$(server)")"
    done
    ;;
  tails) # p50 and p99 in each of the first ten seconds of a process, then at a rate that leaves it idle for most of the time
    export TOKEN
    for kind in configmap pod get list; do
      start --no-node
      [ $kind != get ] && [ $kind != list ] || KIND=pod PRE=p wrk -t1 -c1 -d2s -s "$HERE/load/create.lua" "$(server)" >/dev/null
      pod=$(server)/api/v1/namespaces/default/pods/p-0-5
      list="$(server)/api/v1/namespaces/default/pods?limit=500"
      for window in 1 2 3; do
        case $kind in
          get) figure "GET, ten seconds no. $window" "$(load -c32 "$HERE/load/read.lua" "$pod")" ;;
          list) figure "LIST of 500, ten seconds no. $window" "$(load -c32 "$HERE/load/read.lua" "$list")" ;;
          *) figure "create ${kind}s, ten seconds no. $window" "$(KIND=$kind PRE=$kind$window load -c32 "$HERE/load/create.lua" "$(server)")" ;;
        esac
      done
      case $kind in
        get) figure 'GET, 1,000/s' "$(steady "$pod")" ;;
        list) figure 'LIST of 500, 1,000/s' "$(steady "$list")" ;;
        *) figure "create ${kind}s, 1,000/s" "$(steady "$(server)/api/v1/namespaces/default/${kind}s" -H 'Content-Type: application/json' -d "$HERE/load/$kind.json")" ;;
      esac
      tiphys delete >/dev/null
    done
    ;;
  podstart)
    start && image
    for run in '20' '100' '50 50' '50 50'; do
      # shellcheck disable=SC2086
      python3 "$HERE/load/podstart.py" "$(server)" $TOKEN bench:v1 $run
      until [ -z "$(kubectl get pods -o name)" ]; do sleep 0.5; done
    done
    ;;
  pets | deployment)
    start --no-node
    hollow_nodes 1009
    python3 "$HERE/load/workload.py" "$(server)" $TOKEN "$NAME" "$([ "$NAME" = pets ] && echo 1000 || echo 5000)"
    figure 'resident memory after that' "$(awk '/VmRSS/{print int($2 / 1024)}' "/proc/$(pid)/status") MB"
    figure 'CPU seconds of the cluster' "$(($(cpu_ticks) / $(getconf CLK_TCK)))"
    ;;
  *)
    sed -n '2,3p' "${BASH_SOURCE[0]}"
    exit 2
    ;;
esac
