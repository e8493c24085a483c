#!/bin/sh
# Keeps the daemon of a container running: supervise.sh COMMAND…
# It is the only child of tini, which is PID 1. Keepers hold the agents' terminals; once their daemon is gone they
# belong to tini, so neither a crash nor a restart of the daemon touches them. Signals go to the daemon alone.
set -u
umask 022

# Exit codes of the daemon (apps/daemon/src/program.ts) that the next try will not cure by itself.
SETTING_WRONG=2
PERSON_MUST_ACT=3
# Seconds: the first pause, the longest one, the one where a person must act, and after how long a start counts as good.
FIRST_PAUSE=1
LONGEST_PAUSE=30
PERSON_PAUSE=60
GOOD_RUN=60

# Written while the image was built (provision.sh).
SEED=${ROUNDHOUSE_SEED_DIR:-/opt/roundhouse-home}

say() { printf 'roundhouse: %s\n' "$*" >&2; }

child=
stopping=
# During a pause: the signal in place of all others, since a process that has just begun may miss those; and whether somebody
# ended the pause, which may be before it has a process.
force=
woken=
tell() { [ -z "$child" ] || kill "-${force:-$1}" "$child" 2>/dev/null; }
trap 'stopping=yes; tell TERM' TERM INT
# The daemon reads its settings again; one that is down is started at once. Without this it would end the container.
trap 'woken=$force; tell HUP' HUP

# Runs a command so that a signal reaches it at once; its exit code is in $code.
run() {
  "$@" &
  child=$!
  [ -z "$stopping$woken" ] || tell TERM
  # A trapped signal ends `wait` early; the child is over when nothing answers to its id.
  while wait "$child"; code=$?; kill -0 "$child" 2>/dev/null; do :; done
  child=
}

# A home and a name for whatever uid this container was given: ssh and others refuse to work for a user without one.
prepare() {
  mkdir -p "$HOME" "$ROUNDHOUSE_STATE_DIR/container" 2>/dev/null
  if ! [ -w "$HOME" ] || ! [ -w "$ROUNDHOUSE_STATE_DIR" ] || ! [ -w "$ROUNDHOUSE_STATE_DIR/container" ]; then
    say "$ROUNDHOUSE_STATE_DIR is not writable for uid $(id -u). It is the volume that holds keys and terminals:"
    say "mount one that this user may write, or run the container as the user that it belongs to."
    return 1
  fi
  # What agents find in their home from the image on; what is there already stays.
  [ ! -d "$SEED" ] || cp -R -n "$SEED/." "$HOME/" || say "could not copy the agents' first settings from $SEED"
  # Only its owner may; a volume of somebody else that is writable works as well.
  chmod 0700 "$ROUNDHOUSE_STATE_DIR" 2>/dev/null
  printf 'agent:x:%s:%s:Roundhouse:%s:/bin/bash\n' "$(id -u)" "$(id -g)" "$HOME" \
    >"$ROUNDHOUSE_STATE_DIR/container/passwd"
}

# The same image starts keepers for a daemon in another container.
case $* in
*' keeper-host') program='the keeper host' ;;
*) program='the daemon' ;;
esac

pause=$FIRST_PAUSE
while [ -z "$stopping" ]; do
  started=$(date +%s)
  code=$SETTING_WRONG
  if prepare; then run "$@"; fi
  [ -z "$stopping" ] || break
  [ $(($(date +%s) - started)) -lt $GOOD_RUN ] || pause=$FIRST_PAUSE
  case $code in
    "$SETTING_WRONG" | "$PERSON_MUST_ACT") next=$PERSON_PAUSE ;;
    *) next=$pause pause=$((pause * 2 > LONGEST_PAUSE ? LONGEST_PAUSE : pause * 2)) ;;
  esac
  force=KILL
  say "$program ended with exit code $code; agents live on; next start in $next s"
  run sleep "$next"
  force='' woken=''
done
say 'stopped'
