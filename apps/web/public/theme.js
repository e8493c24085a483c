// Sets the theme before the first paint. A file of its own, because the CSP forbids inline script.
// Keep the key and the values in step with src/lib/theme.ts.
(function () {
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
