// Owns the reasons to stop a long-running command: a signal, or the npm that started it being gone.

const parentPollMs = 1_000;

/**
 * Calls `onStop(reason)` on SIGINT, SIGTERM or SIGHUP, and `onRepeat()` when the person presses Ctrl-C again.
 * Under npm it also watches npm itself: a shell between npm and us may swallow the signal. Returns a dispose function.
 */
export function watchForStop(onStop, onRepeat) {
  let stopping = false;
  const stop = (reason) => {
    if (stopping) return onRepeat();
    stopping = true;
    onStop(reason);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const name of signals) process.on(name, stop);
  const parent = process.ppid;
  const watchParent = () => {
    if (process.ppid !== parent && !stopping) stop('npm ended');
  };
  const timer = process.env.npm_lifecycle_event ? setInterval(watchParent, parentPollMs) : undefined;
  timer?.unref();
  return () => {
    clearInterval(timer);
    for (const name of signals) process.off(name, stop);
  };
}
