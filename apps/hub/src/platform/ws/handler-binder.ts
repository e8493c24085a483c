// Finds the methods that handle socket events, and proves that every event has exactly one.
import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { daemonEvents, uiEvents, type EventRegistry } from '@roundhouse/protocol';
import { DAEMON_HANDLER, UI_HANDLER } from './handlers.js';
import type { AnyHandler } from './event-dispatch.js';

export interface BoundHandlers {
  readonly ui: ReadonlyMap<string, AnyHandler>;
  readonly daemon: ReadonlyMap<string, AnyHandler>;
  /** Events that nothing handles, as `ui session.attach`. */
  readonly missing: readonly string[];
}

@Injectable()
export class HandlerBinder {
  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(MetadataScanner) private readonly scanner: MetadataScanner,
  ) {}

  /** @throws Error when two methods handle one event, or one handles an event that its side does not send */
  bind(): BoundHandlers {
    const ui = this.#collect(UI_HANDLER, namesFrom(uiEvents, 'browser'));
    const daemon = this.#collect(DAEMON_HANDLER, namesFrom(daemonEvents, 'daemon'));
    return { ui: ui.handlers, daemon: daemon.handlers, missing: [...ui.missing, ...daemon.missing] };
  }

  #collect(metadata: string, expected: readonly string[]) {
    const handlers = new Map<string, AnyHandler>();
    for (const { instance, method } of this.#methods()) {
      const name: unknown = Reflect.getMetadata(metadata, method);
      if (typeof name !== 'string') continue;
      if (!expected.includes(name))
        throw new Error(`${method.name} handles ${name}, which nobody sends here`);
      if (handlers.has(name)) throw new Error(`${name} has two handlers`);
      handlers.set(name, (payload, socket) => Reflect.apply(method, instance, [payload, socket]));
    }
    const side = metadata === UI_HANDLER ? 'ui' : 'daemon';
    return {
      handlers,
      missing: expected.filter((name) => !handlers.has(name)).map((name) => `${side} ${name}`),
    };
  }

  *#methods(): Generator<{ instance: object; method: Method }> {
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    const seen = new Set<object>();
    for (const { instance } of wrappers as { instance: unknown }[]) {
      if (typeof instance !== 'object' || instance === null || seen.has(instance)) continue;
      seen.add(instance);
      const prototype: unknown = Object.getPrototypeOf(instance);
      if (typeof prototype !== 'object' || prototype === null || prototype === Object.prototype) continue;
      for (const key of this.scanner.getAllMethodNames(prototype)) {
        const method: unknown = Reflect.get(prototype, key, instance);
        if (typeof method === 'function') yield { instance, method: method as Method };
      }
    }
  }
}

type Method = (...args: unknown[]) => unknown;

const namesFrom = (events: EventRegistry, from: string): string[] =>
  Object.keys(events).filter((name) => events[name]?.from === from);
