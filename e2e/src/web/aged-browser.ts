// Makes a browser as old as the oldest that is supported.

/** Of the language and of the web, younger than the oldest of them: gone, as in Safari 16.4. */
export function ageBrowser(): void {
  const all: [object, string[]][] = [
    [Map, ['groupBy']],
    [Object, ['groupBy']],
    [URL, ['canParse', 'parse']],
    [Promise, ['withResolvers', 'try']],
    [Array, ['fromAsync']],
    [AbortSignal, ['any']],
    [ReadableStream, ['from']],
    [ReadableStream.prototype, ['values', Symbol.asyncIterator as never]],
    [
      Set.prototype,
      [
        'union',
        'intersection',
        'difference',
        'symmetricDifference',
        'isSubsetOf',
        'isSupersetOf',
        'isDisjointFrom',
      ],
    ],
    [ArrayBuffer.prototype, ['transfer', 'transferToFixedLength', 'resize']],
    [RegExp, ['escape']],
    [Uint8Array, ['fromBase64', 'fromHex']],
    [Uint8Array.prototype, ['toBase64', 'toHex', 'setFromBase64']],
    [window, ['requestIdleCallback', 'scheduler', 'Iterator', 'navigation']],
    [Document.prototype, ['startViewTransition']],
    [
      Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object,
      ['map', 'filter', 'take', 'drop', 'flatMap', 'reduce', 'toArray', 'forEach', 'some', 'every', 'find'],
    ],
  ]
  for (const [holder, names] of all) for (const name of names) Reflect.deleteProperty(holder, name)
}
