// Owns one HTTPS request to a hub that made its own certificate: verified by its CA, with a time limit.
import { request } from 'node:https';

const limitMs = 30_000;

/** Resolves to `{status, headers, body}`, with the body parsed when it is JSON. */
export function httpsCall(url, { ca, method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const asked = request(url, { ca, method, headers, timeout: limitMs }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => {
        const json = (response.headers['content-type'] ?? '').includes('json');
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body: json && text !== '' ? JSON.parse(text) : text,
        });
      });
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer from ${url} in ${limitMs} ms`)));
    asked.on('error', reject);
    asked.end(body);
  });
}
