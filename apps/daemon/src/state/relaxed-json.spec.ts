// JSON with what people write into it.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseRelaxedJson } from './relaxed-json.js';

it('takes comments and commas at the end, and leaves strings alone', () => {
  const text = '// a\n{ "a": "// \\" /* no */", /* b, } */ "b": [1, 2, ], "c": { "d": null , } , } // end';
  expect(parseRelaxedJson(text)).toEqual({ a: '// " /* no */', b: [1, 2], c: { d: null } });
});

it('what is no JSON is undefined', () => {
  for (const text of ['', '{', '{a:1}', '"', '/*', '{"a":1}}', "{'a':1}"])
    expect(parseRelaxedJson(text)).toBeUndefined();
});

it('property: what is JSON means the same, and nothing is thrown for anything else', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseRelaxedJson(`/* */ ${text} // x`)).toEqual(JSON.parse(text));
    }),
  );
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('"', '\\', '/', '*', ',', '}', ']', '\n', 'a') }),
      (text) => {
        parseRelaxedJson(text);
      },
    ),
  );
});
