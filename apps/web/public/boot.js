// Runs before the first paint and before the modules. A file of its own, because the CSP forbids inline script.
(function () {
  // The CSP forbids eval: told so before it loads, zod does not probe for it (the browser would report a violation).
  globalThis.__zod_globalConfig = { jitless: true };

  // The hub is below a path: a browser that came by an address without it goes to the one with it.
  var base = document.documentElement.dataset.base || '';
  if (!(location.pathname + '/').startsWith(base + '/'))
    location.replace(base + location.pathname + location.search + location.hash);

  // The theme. Keep the key and the values in step with src/lib/theme.ts.
  var choice = 'system';
  try {
    choice = localStorage.getItem('roundhouse.theme') || 'system';
  } catch {
    // storage is blocked: follow the system
  }
  var light =
    choice === 'light' || (choice === 'system' && matchMedia('(prefers-color-scheme: light)').matches);
  document.documentElement.dataset.theme = light ? 'light' : 'dark';
})();
