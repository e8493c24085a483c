#!/bin/sh
# Starts the hub of a container: hub-entry.sh COMMAND…
# The file with the database's address may be made by the database's own container, which starts at the same time.
set -u
umask 077

# Seconds until a file that does not come is a mistake, and between two lines about it.
WAIT_LIMIT=120
SAY_EVERY=10

say() { printf 'roundhouse: %s\n' "$*" >&2; }

if [ -n "${DATABASE_URL_FILE:-}" ]; then
  waited=0
  while ! [ -s "$DATABASE_URL_FILE" ]; do
    if [ "$waited" -ge "$WAIT_LIMIT" ]; then
      say "$DATABASE_URL_FILE did not come within $WAIT_LIMIT s: is the database's container running?"
      exit 1
    fi
    [ $((waited % SAY_EVERY)) -ne 0 ] || say "waiting for $DATABASE_URL_FILE, which the database makes at its first start"
    sleep 1
    waited=$((waited + 1))
  done
  if ! [ -r "$DATABASE_URL_FILE" ]; then
    say "$DATABASE_URL_FILE is not readable for uid $(id -u): give this user the right to read it."
    exit 2
  fi
fi

exec "$@"
