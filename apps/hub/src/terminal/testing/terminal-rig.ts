// A terminal service with one session, its fake host and any number of fake browsers, for specs.
import { ManualClock } from '@roundhouse/kit';
import { sessionIdSchema, type Session, type SessionId } from '@roundhouse/protocol';
import { EventBus } from '../../platform/event-bus/event-bus.js';
import { DaemonRegistry } from '../../platform/ws/daemon-registry.js';
import type { SessionsService } from '../../sessions/sessions.service.js';
import { sessionOf } from '../../testing/entities.js';
import { TerminalRequests } from '../terminal-requests.service.js';
import { TerminalService } from '../terminal.service.js';
import { actorNamed, FakeBrowser } from './fake-browser.js';
import { FakeHost, hostId } from './fake-host.js';

const sessionId: SessionId = sessionIdSchema.parse('44444444-4444-4444-8444-444444444444');

export class TerminalRig {
  readonly sessionId = sessionId;
  readonly clock = new ManualClock();
  readonly bus = new EventBus();
  readonly daemons = new DaemonRegistry();
  readonly host: FakeHost;
  readonly service: TerminalService;
  readonly requests: TerminalRequests;
  readonly browsers: FakeBrowser[] = [];
  session: Session;
  #ids = 0;

  constructor(change: Partial<Session> = {}) {
    this.session = sessionOf({ id: sessionId, hostId, ...change });
    const sessions = { get: () => Promise.resolve(this.session) } as unknown as SessionsService;
    const newId = (): string => `viewer-${String(++this.#ids).padStart(4, '0')}`;
    this.service = new TerminalService(sessions, this.daemons, this.bus, this.clock, newId);
    this.requests = new TerminalRequests(this.service, this.daemons, this.clock);
    this.host = new FakeHost(sessionId, () => this.service.find(sessionId)?.stream);
    this.service.onApplicationBootstrap();
    this.connect();
  }

  connect(): void {
    this.disconnect();
    const link = this.host.connect();
    this.daemons.set(link);
    this.bus.emit('host.connected', { hostId, generation: link.generation });
  }

  disconnect(): void {
    const link = this.daemons.get(hostId);
    if (link) this.daemons.remove(link);
    this.host.disconnect();
  }

  changed(change: Partial<Session>): void {
    this.session = { ...this.session, ...change, version: this.session.version + 1 };
    this.bus.emit('session.changed', this.session);
  }

  browser(user = 'ada', role: 'admin' | 'viewer' = 'admin'): FakeBrowser {
    const ack = (browser: FakeBrowser, epoch: number, offset: number): void => {
      this.service.ack({ sessionId, epoch, offset }, browser);
    };
    return new FakeBrowser(actorNamed(user, role), this.host, ack);
  }

  /** Attaches; the browser has its acknowledgement before anything else. */
  async attach(
    browser: FakeBrowser,
    place: {
      viewerId?: FakeBrowser['viewerId'];
      epoch?: number;
      fromOffset?: number;
      prefer?: 'exact' | 'screen';
    } = {},
  ): Promise<void> {
    const { viewerId, ...where } = place;
    const request = { sessionId, ...where, ...(viewerId ? { viewerId } : {}) };
    browser.exact = place.prefer === 'exact';
    const reply = await this.service.attach(request, browser);
    const sameEpoch = place.epoch === undefined || place.epoch === reply.epoch;
    browser.attached(reply, sameEpoch ? (place.fromOffset ?? 0) : 0);
    this.browsers.push(browser);
  }

  /** A new browser, attached, with everything sent that can be. */
  async watch(user = 'ada', role: 'admin' | 'viewer' = 'admin'): Promise<FakeBrowser> {
    const browser = this.browser(user, role);
    await this.attach(browser);
    await this.settle();
    return browser;
  }

  /** Lets everything under way come to rest. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}
