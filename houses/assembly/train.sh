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
"$JAVA" @"$DIST/java.options" -XX:AOTCacheOutput="$DIST/tiphys.aot" -Dtiphys.dist="$DIST" \
  -cp "$classpath" io.tiphys.assembly.Main train
