// One exporter's connection: posts a body and keeps the connection, as exporters do.
import { Agent as Connections, request } from 'node:http';

const connections = new Connections({ keepAlive: true, maxSockets: 200 });

/** @returns the status of the answer */
export function post(endpoint: URL, signal: 'logs' | 'metrics', body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        agent: connections,
        host: endpoint.hostname,
        port: endpoint.port,
        method: 'POST',
        path: `${endpoint.pathname}/v1/${signal}`,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (answer) => {
        answer.resume();
        answer.on('end', () => {
          resolve(answer.statusCode ?? 0);
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
