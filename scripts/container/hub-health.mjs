#!/usr/bin/env node
// The health check of the hub's container: ready, database included. What it says stands in `inspect`.
import { request as plain } from 'node:http';
import { request as encrypted } from 'node:https';

const timeoutMs = 4_000;
const port = process.env.ROUNDHOUSE_PORT || '4400';
const tls = (process.env.ROUNDHOUSE_TLS || 'off') !== 'off';

/** The certificate is for other names than this one, and the connection does not leave the container. */
const options = { host: '127.0.0.1', port, path: '/readyz', timeout: timeoutMs, rejectUnauthorized: false };

const end = (code, text) => {
  console.log(text.slice(0, 300));
  process.exit(code);
};

const asked = (tls ? encrypted : plain)(options, (response) => {
  let body = '';
  response.setEncoding('utf8').on('data', (text) => (body += text));
  response.on('end', () => end(response.statusCode === 200 ? 0 : 1, `${response.statusCode} ${body}`));
});
asked.on('timeout', () => asked.destroy(new Error(`no answer in ${timeoutMs} ms`)));
asked.on('error', (error) => end(1, error.message));
asked.end();
