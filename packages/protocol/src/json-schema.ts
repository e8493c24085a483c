// Zod schemas as JSON Schema, the same way everywhere: OpenAPI, docs/protocol.md and docs/profile.schema.json.
import { z } from 'zod';

export type Json = Record<string, unknown>;

/** Formats that JSON Schema or OpenAPI know; zod's other ones are already said by its pattern. */
const knownFormats = new Set(['uuid', 'date-time', 'uri', 'email', 'ipv4', 'ipv6', 'date']);

/** Makes zod's output readable: no doubled patterns, no safe-integer bounds, a word for what JSON cannot say. */
function tidy(target: Json, type: string): void {
  const drop = (key: string): boolean => Reflect.deleteProperty(target, key);
  if (typeof target.format === 'string') drop(knownFormats.has(target.format) ? 'pattern' : 'format');
  if (target.minimum === Number.MIN_SAFE_INTEGER) drop('minimum');
  if (target.maximum === Number.MAX_SAFE_INTEGER) drop('maximum');
  if (type === 'custom') target.type = 'string';
}

/**
 * JSON Schema (2020-12) of what goes over the wire: before defaults and transforms, open to additions.
 * A schema for which `refOf` gives a reference is replaced by that reference.
 */
export function toJsonSchema(
  schema: z.ZodType,
  refOf: (schema: unknown) => string | undefined = () => undefined,
): Json {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const ref = refOf(zodSchema);
      if (ref === undefined) return tidy(jsonSchema, zodSchema._zod.def.type);
      for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
      jsonSchema.$ref = ref;
    },
  });
  return json;
}
