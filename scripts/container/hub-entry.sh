#!/bin/sh
# Starts the hub of a container: hub-entry.sh COMMAND…
# The file with the database's address may be made by the database's own container, which starts at the same time.
set -u
umask 077

# Seconds until a file that does not come is a mistake, and between two lines about it.
WAIT_LIMIT=120
SAY_EVERY=10

say() { printf 'roundhouse: %s\n' "$*" >&2; }

if [ -z "${DATABASE_URL:-}" ] && [ -z "${DATABASE_URL_FILE:-}" ]; then
  say 'this image has no PostgreSQL of its own, and neither DATABASE_URL_FILE nor DATABASE_URL is set:'
  say 'name a file with an address as in postgresql://user:password@db:5432/roundhouse, or use compose.yml.'
  exit 2
fi

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
  # In the environment of this one process, which nobody but its own user reads; never in the container's settings.
  DATABASE_URL=$(cat "$DATABASE_URL_FILE")
  export DATABASE_URL
  unset DATABASE_URL_FILE
fi

exec "$@"
