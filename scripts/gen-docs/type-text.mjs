// Owns the short notation of types in docs/protocol.md: `{a: int, b?: "x" | "y", c: string[]}` from JSON Schema.

const maxInline = 12;

/** One line of text for a JSON Schema. Names bytes, and leaves limits of strings and numbers out. */
export function typeText(schema) {
  if (schema.$ref) return schema.$ref.split('/').at(-1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return enumText(schema.enum);
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return [...new Set(variants.map(typeText))].join(' \\| ');
  if (schema.allOf) return schema.allOf.map(typeText).join(' & ');
  if (Array.isArray(schema.type))
    return schema.type.map((type) => typeText({ ...schema, type })).join(' \\| ');
  return plainText(schema);
}

function plainText(schema) {
  if (schema.type === 'array') return arrayText(schema.items ?? {});
  if (schema.type === 'object') return objectText(schema);
  if (schema.type === 'integer') return 'int';
  if (schema.format === 'uuid') return 'uuid';
  if (schema.format === 'date-time') return 'instant';
  return schema.type ?? 'any';
}

function enumText(values) {
  const shown = values.slice(0, maxInline).map((value) => JSON.stringify(value));
  return [...shown, ...(values.length > maxInline ? ['…'] : [])].join(' \\| ');
}

function arrayText(items) {
  const isUnion = items.enum || items.anyOf || items.oneOf || Array.isArray(items.type);
  return isUnion ? `(${typeText(items)})[]` : `${typeText(items)}[]`;
}

function objectText({ properties = {}, required = [], additionalProperties }) {
  const fields = Object.entries(properties).map(
    ([name, field]) => `${name}${required.includes(name) ? '' : '?'}: ${typeText(field)}`,
  );
  if (fields.length > 0) return `{${fields.join(', ')}}`;
  const hasValues = additionalProperties && Object.keys(additionalProperties).length > 0;
  return hasValues ? `{[name]: ${typeText(additionalProperties)}}` : '{}';
}
