// How large the crowd is: hosts, their sessions, the people who watch them.
export interface Shape {
  readonly hosts: number;
  readonly sessionsPerHost: number;
  readonly viewers: number;
  readonly sessionsPerViewer: number;
  readonly seconds: number;
  /** Of one message of a session; each sends one a second. */
  readonly messageBytes: number;
}

export const shapes: { readonly full: Shape; readonly quick: Shape } = {
  full: {
    ...{ hosts: 200, sessionsPerHost: 10, viewers: 200, sessionsPerViewer: 10 },
    ...{ seconds: 60, messageBytes: 1_024 },
  },
  quick: {
    ...{ hosts: 100, sessionsPerHost: 10, viewers: 100, sessionsPerViewer: 10 },
    ...{ seconds: 10, messageBytes: 1_024 },
  },
};

/** Calls for each number, each second, evenly spread over it. @returns what ends it */
export function eachSecond(count: number, act: (number: number) => void): () => void {
  const tickMs = 10;
  const began = performance.now();
  let done = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1_000) * count);
    for (; done < due; done += 1) act(done % count);
  }, tickMs);
  return () => {
    clearInterval(timer);
  };
}
