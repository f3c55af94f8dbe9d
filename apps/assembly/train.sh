#!/usr/bin/env bash
# Writes java.options and the ahead-of-time cache of a distribution: train.sh FOLDER
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
DIST=$1
. "$ROOT/build/setup.sh"

find_jdk
cp "$HERE/java.options" "$DIST/java.options"
rm -f "$DIST/tiphys.aot"
classpath=$(class_path "$DIST")
train() { # WORD ...: a command to run java by, then what training is told after --
  local by=()
  while [ "$1" != -- ]; do by+=("$1"); shift; done
  shift
  "${by[@]}" "$JAVA" @"$DIST/java.options" -XX:AOTCacheOutput="$DIST/tiphys.aot" -Dtiphys.dist="$DIST" \
    -cp "$classpath" io.tiphys.assembly.Main train "$@"
}

# A node is trained where it can do no harm: in namespaces that end with it.
apart=(unshare --net --mount sh -c 'ip link set lo up && exec "$@"' apart)
export PATH=$PATH:/usr/sbin:/sbin
if [ "$(id -u)" = 0 ] && "${apart[@]}" true 2>/dev/null && train "${apart[@]}" -- --node; then
  exit 0
fi
train env --
