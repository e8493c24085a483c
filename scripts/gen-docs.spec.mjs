// The generated documents: a public validator accepts the OpenAPI file, and nothing of the registry is missing.
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { daemonSettings as daemon } from '../apps/daemon/src/settings/table.ts';
import { hubSettings as hub } from '../apps/hub/src/settings/table.ts';
import * as kit from '../packages/kit/src/config/settings-table.ts';
import * as protocol from '../packages/protocol/src/index.ts';
import { errorsDocument } from './gen-docs/errors-document.mjs';
import { protocolDocument } from './gen-docs/protocol-document.mjs';
import { settingsDocument } from './gen-docs/settings-document.mjs';
import { typeText } from './gen-docs/type-text.mjs';

describe('docs/openapi.json', () => {
  const document = protocol.openApiDocument();

  it('passes a public validator as OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(document));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
  });

  it('has every route of the registry with its permission', () => {
    for (const route of Object.values(protocol.routes).flatMap((group) => Object.values(group))) {
      const item = document.paths[route.path.replace(/:(\w+)/g, '{$1}')];
      expect(item?.[route.method.toLowerCase()]?.['x-permission']).toBe(route.permission);
    }
  });

  it('asks for no credential exactly where the permission is public', () => {
    for (const item of Object.values(document.paths)) {
      for (const operation of Object.values(item)) {
        expect(operation.security !== undefined).toBe(operation['x-permission'] === 'public');
      }
    }
  });
});

describe('docs/protocol.md', () => {
  const text = protocolDocument(protocol);

  it('names every event, error and permission', () => {
    const names = [protocol.uiEvents, protocol.daemonEvents, protocol.errorTable].flatMap(Object.keys);
    for (const name of [...names, ...protocol.permissions]) expect(text).toContain(`\`${name}\``);
  });

  it('writes bytes as bytes and unions with brackets where they are needed', () => {
    expect(text).toMatch(/`session\.output`.*data: bytes/);
    expect(typeText({ type: 'array', items: { type: ['string', 'null'] } })).toBe('(string \\| null)[]');
    expect(
      typeText({ type: 'array', items: { type: 'object', properties: { a: { type: 'integer' } } } }),
    ).toBe('{a?: int}[]');
  });
});

describe('docs/errors.md', () => {
  const text = errorsDocument(protocol);

  it('has every code once, with its status and a cure', () => {
    for (const [code, { status, title, hint }] of Object.entries(protocol.errorTable)) {
      expect(text.split(`\`${code}\` | ${String(status)} | `)).toHaveLength(2);
      expect(text).toContain(`${title.replaceAll('<', '&lt;')} | ${hint.replaceAll('<', '&lt;')} |`);
    }
    for (const reason of Object.keys(protocol.sessionReasons)) expect(text).toContain(`\`${reason}\``);
  });
});

describe('docs/settings.md', () => {
  const text = settingsDocument({ ...kit, settingTopics: protocol.settingTopics }, { hub, daemon });

  it('names every setting, its key, and where a secret may stand instead', () => {
    for (const [name, { key, secret, help }] of [...Object.entries(hub), ...Object.entries(daemon)]) {
      expect(text).toContain(`\`${name}\``);
      expect(text).toContain(help);
      if (key !== null) expect(text).toContain(`\`${key}\``);
      if (secret) expect(text).toContain(`\`${name}_FILE\``);
    }
  });

  it('has no setting twice, and an example that its setting takes', () => {
    for (const table of [hub, daemon]) {
      const keys = Object.values(table).flatMap(({ key }) => key ?? []);
      expect(new Set(keys).size).toBe(keys.length);
      for (const [name, { schema, example }] of Object.entries(table)) {
        expect(schema.safeParse(example.replace('…', 'x')).success, name).toBe(true);
      }
    }
  });
});
