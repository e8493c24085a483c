#!/usr/bin/env node
// The health check of the hub's container: ready, database included. What it says stands in `inspect`.
import { readFileSync } from 'node:fs';
import { request as plain } from 'node:http';
import { request as encrypted } from 'node:https';

const timeoutMs = 4_000;

const end = (code, text) => {
  console.log(text.slice(0, 300));
  process.exit(code);
};

/** The hub writes it for as long as it listens: port and TLS may come from anywhere. */
function address() {
  try {
    return JSON.parse(readFileSync(`${process.env.ROUNDHOUSE_STATE_DIR}/listening.json`, 'utf8')).url;
  } catch (error) {
    return end(1, `the hub does not listen yet (${error.message})`);
  }
}

const url = new URL('/readyz', address());
const ask = url.protocol === 'https:' ? encrypted : plain;

/** The certificate is for other names than this one, and the connection does not leave the container. */
const asked = ask(url, { timeout: timeoutMs, rejectUnauthorized: false }, (response) => {
  let body = '';
  response.setEncoding('utf8').on('data', (text) => (body += text));
  response.on('end', () => end(response.statusCode === 200 ? 0 : 1, `${response.statusCode} ${body}`));
});
asked.on('timeout', () => asked.destroy(new Error(`no answer in ${timeoutMs} ms`)));
asked.on('error', (error) => end(1, error.message));
asked.end();
