#!/bin/bash
# The part of the official image's entrypoint that compose.yml relies on: docker-entrypoint.sh postgres [ARGUMENT…]
# makes the database at its first start, with POSTGRES_USER, POSTGRES_DB and POSTGRES_PASSWORD_FILE.
set -euo pipefail

[ "${1:-}" = postgres ] || exec "$@"
shift
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
sockets=/var/run/postgresql

as=()
mkdir -p "$PGDATA" "$sockets"
if [ "$(id -u)" = 0 ]; then
  chown -R postgres:postgres "$PGDATA" "$sockets"
  as=(setpriv --reuid=postgres --regid=postgres --init-groups)
fi
chmod 0700 "$PGDATA"

if ! [ -s "$PGDATA/PG_VERSION" ]; then
  if ! [ -s "${POSTGRES_PASSWORD_FILE:-}" ]; then
    echo 'POSTGRES_PASSWORD_FILE names no file with a password' >&2
    exit 1
  fi
  "${as[@]}" initdb -D "$PGDATA" -U "$user" --pwfile="$POSTGRES_PASSWORD_FILE" \
    --auth-local=trust --auth-host=scram-sha-256 -E UTF8 --locale=C.UTF-8
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  "${as[@]}" pg_ctl -D "$PGDATA" -w -o "-c listen_addresses='' -c unix_socket_directories=$sockets" start
  [ "$database" = postgres ] ||
    psql -h "$sockets" -U "$user" -d postgres -v ON_ERROR_STOP=1 -c "CREATE DATABASE \"$database\""
  "${as[@]}" pg_ctl -D "$PGDATA" -m fast -w stop
fi

exec "${as[@]}" postgres -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories="$sockets" "$@"
