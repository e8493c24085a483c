// A REST client that knows what docs/protocol.md says and nothing more.
import { expect } from '@playwright/test';

/** What came over the wire: the tests look at it field by field. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Body = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** How a client shows who it is. */
export type Credential = { readonly cookie: string } | { readonly token: string } | null;

export class Rest {
  constructor(
    public origin: string,
    public credential: Credential = null,
  ) {}

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.origin}${path.startsWith('/') ? path : `/api/v1/${path}`}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...this.#credentials(),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  /** The body of an answer with the status that is expected. */
  async ok<T = Body>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<T> {
    const answer = await this.call(method, path, body, headers);
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
    return answer.body as T;
  }

  get<T = Body>(path: string): Promise<T> {
    return this.ok<T>('GET', path);
  }

  #credentials(): Record<string, string> {
    if (!this.credential) return {};
    if ('token' in this.credential) return { authorization: `Bearer ${this.credential.token}` };
    return { cookie: this.credential.cookie, origin: this.origin };
  }
}
