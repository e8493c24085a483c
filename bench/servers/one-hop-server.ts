// The second yardstick: one process that gives each WebSocket a shell of its own, and does nothing else. Says its port.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from 'node-pty';
import { WebSocketServer, type WebSocket } from 'ws';
import { shell, size } from '../terminals/terminal.js';

/** Unsent bytes that stop the shell, and those at which it goes on. */
const high = 1024 * 1024;
const low = 256 * 1024;

/** The page with a terminal and nothing else: the yardstick of what a browser needs. */
const packaged = (name: string, file: string): string =>
  path.join(path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), file);
const files = new Map([
  ['/', ['text/html', fileURLToPath(new URL('../pages/bare.html', import.meta.url))]],
  ['/xterm.css', ['text/css', packaged('@xterm/xterm', 'css/xterm.css')]],
  ...[
    ['@xterm/xterm', 'xterm.mjs'],
    ['@xterm/addon-webgl', 'addon-webgl.mjs'],
    ['@xterm/addon-unicode-graphemes', 'addon-unicode-graphemes.mjs'],
  ].map(
    ([name = '', file = '']) => [`/${file}`, ['text/javascript', packaged(name, `lib/${file}`)]] as const,
  ),
] as [string, [string, string]][]);

const server = createServer((request, response) => {
  const [type, file] = files.get(request.url ?? '') ?? [];
  response.writeHead(file === undefined ? 404 : 200, { 'content-type': type ?? 'text/plain' });
  response.end(file === undefined ? '' : readFileSync(file));
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });

sockets.on('connection', (socket: WebSocket) => {
  const pty = spawn(shell.file, [...shell.args], { ...size, encoding: null, env: process.env });
  let paused = false;
  pty.onData((data) => {
    socket.send(data, { binary: true }, () => {
      if (!paused || socket.bufferedAmount > low) return;
      paused = false;
      pty.resume();
    });
    if (paused || socket.bufferedAmount < high) return;
    paused = true;
    pty.pause();
  });
  socket.on('message', (data: Buffer) => {
    pty.write(data.toString());
  });
  socket.on('close', () => {
    pty.kill('SIGKILL');
  });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : null);
});
process.once('disconnect', () => {
  process.exit();
});
