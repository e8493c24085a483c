// `node apps/daemon` runs the daemon as it was built.
import './dist/main.js';
