#!/bin/sh
# Starts the PostgreSQL of compose.yml with a password that it makes at its first start: db-entry.sh [ARGUMENT…]
# `db-entry.sh set-password`, run in the container, gives the running database the password of the volume again.
# The hub reads the address from the same volume. No file of it is on the machine's own paths, and no process has the
# password among its arguments.
set -eu

SECRET=${ROUNDHOUSE_SECRET_DIR:-/run/roundhouse}

# Readable for whatever user the hub runs as; only these two containers mount the volume.
keep() {
  printf %s "$2" >"$SECRET/$1.new"
  chmod 0444 "$SECRET/$1.new"
  mv -f "$SECRET/$1.new" "$SECRET/$1"
}

if [ "${1:-}" = set-password ]; then
  # psql puts the value in quotes itself; it comes by a variable of psql that reads the file.
  printf '%s\n' '\set secret `cat "$ROUNDHOUSE_SECRET_DIR"/database-password`' "ALTER ROLE :\"USER\" PASSWORD :'secret';" |
    ROUNDHOUSE_SECRET_DIR=$SECRET psql -v ON_ERROR_STOP=1 -q -U "$POSTGRES_USER" -d "$POSTGRES_DB" -f -
  echo 'roundhouse: the database has the password of its volume again'
  exit 0
fi

if ! [ -s "$SECRET/database-url" ]; then
  password=$(od -An -tx1 -N24 /dev/urandom | tr -d ' \n')
  keep database-password "$password"
  place="${ROUNDHOUSE_DB_HOST:-db}:5432/$POSTGRES_DB"
  keep database-url "$(printf 'postgresql://%s:%s@%s' "$POSTGRES_USER" "$password" "$place")"
  if [ -s "$PGDATA/PG_VERSION" ]; then
    echo 'roundhouse: the volume with the password was empty, but the database was not: it still has its old password.' >&2
    echo 'roundhouse: run in this container: roundhouse-db set-password' >&2
  fi
fi

export POSTGRES_PASSWORD_FILE="$SECRET/database-password"
exec docker-entrypoint.sh postgres "$@"
