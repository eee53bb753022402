// Canonical JSON: one text for one value, and an error for what is not JSON.
import { expect, it } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

it.each([
  [{}, '{}'],
  [[], '[]'],
  [null, 'null'],
  [{ b: 1, a: 2 }, '{"a":2,"b":1}'],
  [{ z: { y: 1, x: [3, { d: 1, c: 2 }] } }, '{"z":{"x":[3,{"c":2,"d":1}],"y":1}}'],
  [{ absent: undefined, there: null }, '{"there":null}'],
  // Numbers and strings as RFC 8785, 3.2.2, writes them.
  [[333333333.33333329, 1e30, 4.5, 2e-3, 1e-27, -0], '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]'],
  ['€$\u000f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'],
  // The order of RFC 8785, 3.2.3: by UTF-16 code units.
  [
    { '€': 1, '\r': 2, '\ufb33': 3, '1': 4, '😀': 5, '\u0080': 6, ö: 7 },
    '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
  ],
  [JSON.parse('{"__proto__": 1, "constructor": 2}'), '{"__proto__":1,"constructor":2}'],
])('writes %j', (value, text) => {
  expect(canonicalJson(value)).toBe(text)
  expect(canonicalJson(JSON.parse(text))).toBe(text)
})

it.each([[NaN], [Infinity], [undefined], [[undefined]], [Array(1)], [() => 1], [1n], [Symbol('x')]])(
  'refuses %o',
  (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError)
  },
)

it('refuses a lone surrogate', () => {
  expect(() => canonicalJson({ a: '\ud800' })).toThrow(TypeError)
  expect(() => canonicalJson({ '\udc00': 1 })).toThrow(TypeError)
})
