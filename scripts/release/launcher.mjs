// Owns the text of bin/roundhouse-hub and bin/roundhouse-daemon.

/** A POSIX shell script that starts the program of its own release, whatever links lead to it. */
export const launcher = ({ path, flags, commit }) => `#!/bin/sh
# Starts ${path.split('/').at(-1)} of this release. Settings are environment variables; arguments go to the program.
set -eu
release=$(dirname "$(dirname "$(readlink -f "$0")")")
node=\${ROUNDHOUSE_NODE:-node}
if ! "$node" -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
  echo "Roundhouse needs Node.js 20.19 or newer as \\"$node\\": install it, or set ROUNDHOUSE_NODE=/path/to/node" >&2
  exit 2
fi
# It is no setting of the program.
unset ROUNDHOUSE_NODE
ROUNDHOUSE_COMMIT=\${ROUNDHOUSE_COMMIT:-${commit}}
export ROUNDHOUSE_COMMIT
exec "$node" ${[...flags, `"$release/${path}/dist/program/main.js"`].join(' ')} "$@"
`;
