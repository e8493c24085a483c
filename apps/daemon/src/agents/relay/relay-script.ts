// The program that agents run as their hook and status line: POSIX sh, so that it starts in a millisecond or two.

/** What is kept of one event, and one byte more to show that there was more. */
export const EVENT_BYTES_MAX = 1024 * 1024;

/**
 * In a session's directory, for what nobody has to be told of at once: drafts of events, and the status line, which is
 * looked at every second. Each notice of a change wakes the daemon.
 */
export const UNWATCHED_DIR = 'unwatched';
/** Files that are no events. */
export const STATUS_FILE = 'status.json';
export const STATUS_CHAIN_FILE = 'status-chain';

/** Name of the event that is the status line. */
export const STATUS_EVENT = 'status';

/**
 * `hook.sh <directory> <Event>`, JSON on stdin. The file appears whole by its rename; a name is never used twice, even
 * if the daemon is away long enough for process numbers to come again. `status` keeps the newest only, and becomes the
 * user's own status line when there is one: with the same input, directory, output and end.
 */
export const relayScript = `#!/bin/sh
# Roundhouse: hands an event of an agent to the daemon, as a file in the directory of its session.
# Fails never, says nothing but "{}", and does nothing when the directory is gone.
umask 077
dir=$1
event=$2
unwatched=$dir/${UNWATCHED_DIR}
if [ "$event" = ${STATUS_EVENT} ]; then
  input=$(head -c ${String(EVENT_BYTES_MAX)} 2>/dev/null)
  {
    [ -d "$unwatched" ] && printf '%s' "$input" >"$unwatched/.status.$$" &&
      mv -f "$unwatched/.status.$$" "$unwatched/${STATUS_FILE}"
  } 2>/dev/null
  [ -r "$dir/${STATUS_CHAIN_FILE}" ] && exec /bin/sh "$dir/${STATUS_CHAIN_FILE}" <<END
$input
END
  exit 0
fi
{
  PATH=$PATH:/usr/bin:/bin
  if [ -d "$unwatched" ]; then
    name=$event.$$
    again=0
    while [ -e "$dir/$name.json" ]; do
      again=$((again + 1))
      name=$event.$$-$again
    done
    head -c ${String(EVENT_BYTES_MAX + 1)} >"$unwatched/.$name"
    mv -f "$unwatched/.$name" "$dir/$name.json" || rm -f "$unwatched/.$name"
  fi
  cat >/dev/null
  printf '{}\\n'
} 2>/dev/null
exit 0
`;
