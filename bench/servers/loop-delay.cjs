// Loaded into a process under test: each SIGUSR2 prints how late its event loop was since the last one.
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { isMainThread } = require('node:worker_threads');

if (isMainThread) {
  const histogram = monitorEventLoopDelay({ resolution: 10 });
  histogram.enable();
  process.on('SIGUSR2', () => {
    const ms = (ns) => ns / 1e6;
    console.log(
      `event loop: ${JSON.stringify({ p99: ms(histogram.percentile(99)), max: ms(histogram.max) })}`,
    );
    histogram.reset();
  });
}
