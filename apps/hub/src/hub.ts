// Builds and runs one hub. Tests pass a clock, faults and features here; the product passes none of them.
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import {
  createLogger,
  Disposer,
  newId,
  SettingsWatch,
  systemClock,
  type Clock,
  type Logger,
  type NewId,
} from '@roundhouse/kit';
import express, { type Express } from 'express';
import { AppModule, features } from './app.module.js';
import { HubIdentity } from './auth/hub-identity.js';
import { PasswordHasher } from './auth/password-hasher.js';
import { SetupService } from './auth/setup.service.js';
import { backUpBeforeMigrating } from './backup/upgrade-backup.js';
import { tellListening } from './listening-file.js';
import { Database } from './platform/database/database.js';
import { noFaults, type Faults } from './platform/faults.js';
import { removeBase } from './platform/http/base-path.js';
import { checkRoutes } from './platform/http/check-routes.js';
import { TrustedProxies } from './platform/http/client-facts.js';
import { frontDoor } from './platform/http/front-door.js';
import { HubAddress } from './platform/http/hub-address.js';
import { closeServer, listen, serverLimits } from './platform/http/server.js';
import { defaultWebDir, staticFiles } from './platform/http/static-files.js';
import { nestLogger } from './platform/nest-logger.js';
import type { PlatformParts } from './platform/platform.module.js';
import { HubTls } from './platform/tls/hub-tls.js';
import type { HubSettings } from './settings/hub-settings.js';
import { HandlerBinder } from './platform/ws/handler-binder.js';
import { SocketServers } from './platform/ws/socket-servers.js';

export interface HubOptions {
  readonly settings: HubSettings;
  readonly clock?: Clock;
  /** When roundhouse.yaml is looked at: real time, whatever `clock` says, unless a test moves this one. */
  readonly watchClock?: Clock;
  readonly newId?: NewId;
  readonly logger?: Logger;
  readonly faults?: Faults;
  /** Feature modules instead of the product's own. */
  readonly features?: readonly Type[];
  /** The built web app. */
  readonly webDir?: string;
  /** Called with each new setup link, while no user exists. */
  readonly onSetupLink?: (link: string) => void;
  /** Lines for a person while the database is made at the first start. */
  readonly onProgress?: (line: string) => void;
}

export interface Hub {
  /** Where browsers and daemons reach it. */
  readonly url: string;
  /** The address that it listens on. */
  readonly localUrl: string;
  /** The setup link that works now; null when there is a user. */
  readonly setupLink: string | null;
  /** Settles when the database is there and migrated; rejects when it never can be. Requests are served before. */
  readonly ready: Promise<void>;
  /** A provider of the application. */
  get<T>(token: Type<T>): T;
  /** Tells sockets, ends connections, stops the database; safe to call again. */
  close(): Promise<void>;
}

/** Resolves when the hub listens. @throws AppError CONFIG_INVALID; what listening throws */
export async function createHub(options: HubOptions): Promise<Hub> {
  const disposer = new Disposer();
  try {
    return await build(options, disposer);
  } catch (error) {
    await disposer.dispose().catch(() => undefined);
    throw error;
  }
}

async function build(options: HubOptions, disposer: Disposer): Promise<Hub> {
  const { parts, tls } = await makeParts(options, disposer);
  const { address, database, settings } = parts;
  const web = express();
  web.disable('x-powered-by').disable('etag');
  const adapter = new ExpressAdapter(web);
  const modules = options.features ?? features;
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(parts, modules), adapter, {
    bodyParser: false,
    logger: nestLogger(parts.logger),
    abortOnError: false,
  });
  disposer.add(() => app.close());
  const setup = app.get(SetupService, { strict: false });
  openFrontDoor(web, options, parts, setup);
  await app.init();
  const server = makeServer(web, tls, disposer);
  removeBase(server, address.basePath);
  attachSockets(app, server, options.features === undefined);
  disposer.add(() => closeServer(server));
  disposer.add(() => app.get(SocketServers, { strict: false }).close());
  address.listening(await listen(server, settings.config));
  disposer.add(await tellListening(settings.config.stateDir, address.localUrl, parts.logger));
  database.start();
  const ready = database.whenReady().then(() => setup.begin(options.onSetupLink ?? (() => undefined)));
  // Whoever wants to know awaits it; a hub that is closed early is no unhandled error.
  ready.catch(() => undefined);
  return {
    url: address.publicUrl,
    localUrl: address.localUrl,
    get setupLink() {
      return setup.link;
    },
    ready,
    get: (token) => app.get(token, { strict: false }),
    close: () => disposer.dispose(),
  };
}

async function makeParts(
  options: HubOptions,
  disposer: Disposer,
): Promise<{ parts: PlatformParts; tls: HubTls }> {
  const { settings, clock = systemClock } = options;
  const { config } = settings;
  const { stateDir, publicUrl, allowedHosts } = config;
  const logger = options.logger ?? createLogger({ name: 'hub', level: config.logLevel });
  const identity = await HubIdentity.load(stateDir);
  const hasher = await PasswordHasher.load(stateDir);
  const tls = await HubTls.open({ tls: config.tls, stateDir, publicUrl, allowedHosts, clock, logger });
  disposer.add(() => {
    tls.dispose();
  });
  const { onProgress } = options;
  const database = new Database({
    url: config.databaseUrl,
    stateDir,
    // Always real time: it waits for other processes, which no test's clock moves.
    clock: systemClock,
    logger,
    beforeMigrating: (address) =>
      backUpBeforeMigrating({ address, config, now: new Date(clock.now()), say: onProgress }),
    ...(onProgress ? { onProgress } : {}),
  });
  disposer.add(() => database.dispose());
  const address = new HubAddress({
    publicUrl,
    allowedHosts,
    bindHost: config.host,
    tls: tls.material !== null,
    caCertificate: tls.material?.caCertificate ?? null,
    caFingerprint: tls.material?.caFingerprint ?? null,
  });
  const proxies = new TrustedProxies(config.trustedProxies);
  const faults = options.faults ?? noFaults;
  const { watchClock = systemClock } = options;
  followSettings({ settings, clock, watchClock, logger, address, proxies }, disposer);
  const common = { settings, clock, logger, faults, newId: options.newId ?? newId };
  return { parts: { ...common, database, identity, hasher, address, proxies }, tls };
}

type Followers = Pick<PlatformParts, 'settings' | 'clock' | 'logger' | 'address' | 'proxies'> &
  Required<Pick<HubOptions, 'watchClock'>>;

/** Reads a changed roundhouse.yaml again, and hands on what does not look at the configuration each time. */
function followSettings(followers: Followers, disposer: Disposer): void {
  const { settings, clock, watchClock, logger, address, proxies } = followers;
  let { logLevel } = settings.config;
  const stop = settings.onRead(() => {
    const { config } = settings;
    address.allow(config.allowedHosts);
    proxies.replace(config.trustedProxies);
    if (config.logLevel !== logLevel) logger.level = logLevel = config.logLevel;
  });
  const onChanged = (): void => {
    settings.reload({ clock, logger });
  };
  const watch = new SettingsWatch({ places: settings.places, clock: watchClock, onChanged });
  disposer.add(() => {
    watch.dispose();
    stop();
  });
}

function openFrontDoor(web: Express, options: HubOptions, parts: PlatformParts, setup: SetupService): void {
  const { address, proxies, logger } = parts;
  const files = staticFiles(options.webDir ?? defaultWebDir, address.basePath);
  web.use(frontDoor({ address, proxies, files, requireSetup: () => setup.require(), logger }));
}

function makeServer(web: Express, tls: HubTls, disposer: Disposer): Server {
  const { material } = tls;
  if (!material) return createHttpServer(serverLimits, web);
  const server = createHttpsServer({ ...serverLimits, cert: material.cert, key: material.key }, web);
  disposer.add(
    tls.onRenewed(({ cert, key }) => {
      server.setSecureContext({ cert, key });
    }),
  );
  return server;
}

/** @throws Error when a route or event is bound twice, to nothing known, or (if `whole`) not at all */
function attachSockets(app: NestExpressApplication, server: Server, whole: boolean): void {
  const discovery = app.get(DiscoveryService, { strict: false });
  const routes = checkRoutes(discovery, app.get(MetadataScanner, { strict: false }));
  const handlers = app.get(HandlerBinder, { strict: false }).bind();
  const missing = [...routes, ...handlers.missing];
  if (whole && missing.length > 0) throw new Error(`Nothing handles: ${missing.join(', ')}`);
  app.get(SocketServers, { strict: false }).attach(server, handlers);
}
