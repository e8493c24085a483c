// Watches one session from a process of its own; told something, it says how many MB/s came since the last time.
import { connectUi } from '../../e2e/stack/ui-socket.js';
import { Product } from '../terminals/product.js';

const [origin = '', token = '', sessionId = ''] = process.argv.slice(2);
const terminal = await Product.attach(await connectUi(origin, token), sessionId, { prefer: 'exact' });
let before = terminal.received;
let since = performance.now();
process.on('message', () => {
  const now = performance.now();
  process.send?.((terminal.received - before) / 1_000 / (now - since));
  before = terminal.received;
  since = now;
});
process.once('disconnect', () => {
  process.exit();
});
process.send?.('ready');
