#!/bin/sh
# Installs an agent while an image is built: provision.sh AGENT KIND=VALUE… does so if AGENTS names it.
# provision.sh --known AGENT… refuses a name in AGENTS that is none of them. Values are data: of all of them only
# "verify", its author's own command, is run. The words come from packages/profiles/src/containerfile.ts.
set -eu
umask 022

# Files that an agent finds in its home: the supervisor copies them to where the container's user has one.
SEED=${ROUNDHOUSE_SEED_DIR:-/opt/roundhouse-home}

fail() {
  printf 'roundhouse: %s\n' "$*" >&2
  exit 1
}
decode() { printf %s "$1" | base64 -d; }
# AGENTS has spaces or commas between the names.
wanted=" $(printf %s "${AGENTS:-}" | tr ',\n\t' '   ') "

if [ "$1" = --known ]; then
  shift
  for name in $wanted; do
    case " bash $* " in
      *" $name "*) ;;
      *) fail "AGENTS: \"$name\" is not known here; there are: bash $*" ;;
    esac
  done
  exit 0
fi

agent=$1
shift
case "$wanted" in
  *" $agent "*) ;;
  *) exit 0 ;;
esac

# An agent that is asked for its version may write into its home: nothing of that is for the image.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Packages of Debian, the lists of which are not kept.
debian() {
  apt-get update
  apt-get install -y --no-install-recommends -- "$@"
  rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin
}
# A place in the agent's home, or an absolute one.
place() {
  case "$1" in
    /*) printf %s "$1" ;;
    *) printf %s "$SEED/$1" ;;
  esac
}
verify() { HOME="$scratch" sh -c "$1" || fail "$agent is installed, but does not work: $1"; }

content=
for word in "$@"; do
  value=${word#*=}
  case "$word" in
    system=*) debian "$value" ;;
    npm=*) HOME="$scratch" npm install --global --no-audit --no-fund -- "$value" ;;
    pip=*)
      command -v pip3 >/dev/null || debian python3-pip
      HOME="$scratch" pip3 install --no-cache-dir --break-system-packages -- "$value"
      ;;
    dir=*) mkdir -p -- "$(place "$value")" ;;
    content64=*) content=$value ;;
    file=*)
      path=$(place "$value")
      mkdir -p -- "$(dirname -- "$path")"
      decode "$content" >"$path"
      ;;
    verify=*) verify "$value" ;;
    verify64=*) verify "$(decode "$value")" ;;
    *) fail "\"${word%%=*}\" is not known here: the Containerfile and this script are of different versions" ;;
  esac
done
