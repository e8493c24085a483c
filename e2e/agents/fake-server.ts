// What every fake model has: a loopback server, its ledger, and an answer that is a stream of events.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Turn } from './directives.js';
import { Ledger } from './ledger.js';

// The bodies of three vendors' APIs: looked at field by field.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: Json;
}

export abstract class FakeServer {
  readonly ledger = new Ledger();
  /** Requests that no part of the fake knew. */
  readonly unknown: string[] = [];
  url = '';
  #server: Server | null = null;

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  }

  stop(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  /** @returns false for a path that is not known */
  protected abstract answer(asked: Asked, response: ServerResponse): Promise<boolean>;

  protected json(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  /** Says the words one after the other. @returns false when the agent has hung up */
  protected async say(response: ServerResponse, turn: Turn, word: (text: string) => void): Promise<boolean> {
    for (const text of turn.words) {
      if (response.destroyed) return false;
      word(text);
      await sleep(turn.pauseMs);
    }
    return !response.destroyed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const { pathname } = new URL(request.url ?? '/', 'http://fake');
    const asked = { method: request.method ?? 'GET', path: pathname, body: parsed(text) };
    if (await this.answer(asked, response)) return;
    this.unknown.push(`${asked.method} ${pathname}`);
    this.json(response, 404, { error: { message: `fake: ${pathname}`, type: 'not_found_error' } });
  }
}

function parsed(text: string): Json {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
