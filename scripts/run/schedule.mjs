// Owns the order of steps: each starts when those it comes after have succeeded, at most `width` at a time.

/**
 * Runs every step by `runStep(step) -> Promise<boolean>`. Steps after a failed one are not started.
 * Resolves to a Map from name to `'passed' | 'failed' | 'not run'`. A throw of `runStep` rejects at once.
 */
export async function runInOrder(steps, runStep, { width = 2 } = {}) {
  const outcome = new Map();
  const running = new Map();
  const present = new Set(steps.map((step) => step.name));
  const waiting = [...steps];
  const blockers = (step) => step.after.filter((name) => present.has(name));

  const launch = (step) => {
    waiting.splice(waiting.indexOf(step), 1);
    const done = Promise.resolve(runStep(step)).then((passed) => {
      outcome.set(step.name, passed ? 'passed' : 'failed');
      running.delete(step.name);
    });
    running.set(step.name, done);
  };

  while (waiting.length > 0 || running.size > 0) {
    for (const step of [...waiting]) {
      const states = blockers(step).map((name) => outcome.get(name));
      if (states.some((state) => state === 'failed' || state === 'not run')) {
        outcome.set(step.name, 'not run');
        waiting.splice(waiting.indexOf(step), 1);
      } else if (running.size < width && states.every((state) => state === 'passed')) {
        launch(step);
      }
    }
    if (running.size > 0) await Promise.race(running.values());
    else if (waiting.length > 0 && !waiting.some((step) => ready(step, outcome, blockers))) {
      throw new Error(`steps wait for each other: ${waiting.map((step) => step.name).join(', ')}`);
    }
  }
  return outcome;
}

const ready = (step, outcome, blockers) => blockers(step).every((name) => outcome.has(name));
