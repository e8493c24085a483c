// The second yardstick: one process that gives each WebSocket a shell of its own, and does nothing else. Says its port.
import { createServer } from 'node:http';
import { spawn } from 'node-pty';
import { WebSocketServer, type WebSocket } from 'ws';
import { shell, size } from '../terminals/terminal.js';

/** Unsent bytes that stop the shell, and those at which it goes on. */
const high = 1024 * 1024;
const low = 256 * 1024;

const server = createServer();
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
