# Finds what Tiphys needs on this machine and installs what Debian can give. Sourced by ./tiphys
# and ./dev; sets JAVA (the java of a JDK 25) and offers require_packages and build_tiphys.

say() { printf 'tiphys: %s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

jdk_release() { sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null; }

find_jdk() {
  local home
  for home in "${TIPHYS_JAVA_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/jdk* /opt/java/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*; do
    if [ -n "$home" ] && [ -x "$home/bin/javac" ] && [ "$(jdk_release "$home")" = 25 ]; then
      JAVA=$home/bin/java
      return 0
    fi
  done
  fail 'no JDK 25 found. Install one below /usr/lib/jvm (Debian: a temurin-25-jdk or openjdk-25-jdk package) or point TIPHYS_JAVA_HOME at it.'
}

# require_packages COMMAND=PACKAGE ...: installs the Debian packages whose command is missing.
require_packages() {
  local pair missing=()
  for pair in "$@"; do
    PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%=*}" >/dev/null 2>&1 || missing+=("${pair#*=}")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  local apt=(apt-get) 
  if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
      apt=(sudo apt-get)
    else
      say "missing: ${missing[*]}. Install with: sudo apt-get install ${missing[*]}"
      return 1
    fi
  fi
  command -v apt-get >/dev/null 2>&1 || { say "missing: ${missing[*]}. Install them with this system's package manager."; return 1; }
  say "installing ${missing[*]} (Debian packages)"
  "${apt[@]}" install -y -qq "${missing[@]}" >/dev/null 2>&1 \
    || { "${apt[@]}" update -qq && DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y -qq "${missing[@]}" >/dev/null; } \
    || { say "could not install ${missing[*]}. Try: apt-get update && apt-get install ${missing[*]}"; return 1; }
}

# class_path DIST: the jars of a distribution, always in the same order: the cache depends on it.
class_path() { (LC_ALL=C; printf '%s:' "$1"/lib/*.jar); }

# build_tiphys: compiles and packs the distribution when a source of it is newer. Tests are no part
# of it. Of several commands at once, one builds and the others wait.
build_tiphys() {
  local dist=$ROOT/apps/assembly/target/tiphys
  ! is_built "$dist" || return 0
  require_packages mvn=maven || exit 1
  mkdir -p "$ROOT/target" 2>/dev/null && [ -w "$ROOT/target" ] \
    || fail "cannot build in $ROOT: it is read-only. Build elsewhere and point TIPHYS_DIST at apps/assembly/target/tiphys there."
  (
    flock 9
    ! is_built "$dist" || exit 0
    say 'building (a few minutes the first time; log in target/build.log)'
    begin=$SECONDS
    (cd "$ROOT" && mvn -q -B -Dquick -DskipTests -Dmaven.test.skip=true -pl apps/assembly -am package) >"$ROOT/target/build.log" 2>&1 \
      || { tail -n 30 "$ROOT/target/build.log" >&2; fail 'the build failed'; }
    say "built in $((SECONDS - begin)) s"
  ) 9>"$ROOT/target/build.lock" || exit 1
}

# is_built DIST: whether the distribution is newer than all that it is made of.
is_built() {
  [ -f "$1/tiphys.aot" ] && [ -z "$(find "$ROOT" \( -name target -o -name .git -o -path '*/src/test' -o -path "$ROOT/testing" \) -prune \
    -o -type f \( -name '*.java' -o -name pom.xml -o -name java.options -o -path '*/src/main/resources/*' -o -path '*/type-generator/*' \) \
    -newer "$1/tiphys.aot" -print -quit)" ]
}
