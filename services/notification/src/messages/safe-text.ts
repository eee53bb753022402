// What strangers chose, made safe to stand in a message that people trust: no line breaks, no numbers to call, no
// links.

/** Names are chosen by strangers, so each value is cut to this length. */
const maxValueLength = 200
const maxDeviceName = 24

/** Removes control characters, which break lines, and direction marks, which disguise a text; names need neither. */
export function withoutControls(text: string): string {
  const clean = text.replace(/[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu, ' ').trim()
  return cut(clean, maxValueLength)
}

/** Five digits or more, whatever stands between them: a number that could be called. */
const longNumber = /[+(]?\p{Nd}(?:[\s().+\-–‑/_]*\p{Nd}){4,}/gu
const domains = 'com|in|org|net|co|io|me|app|info|biz|xyz|link|click|online|site|top|ly'
const link = new RegExp(
  `\\b(?:https?://|www\\.)\\S+|[\\p{L}\\p{N}-]+(?:\\.[\\p{L}\\p{N}-]+)*\\.(?:${domains})\\b(?:/\\S*)?`,
  'giu',
)

/** Without numbers to call and without links. */
export function withoutContacts(text: string): string {
  return text.normalize('NFKC').replace(link, '…').replace(longNumber, '…')
}

/** A device's name in quotation marks: letters and short numbers, nothing else, so that it says nothing else. */
export function quotedDevice(name: string): string {
  const words = withoutContacts(withoutControls(name))
    .replace(/[^\p{L}\p{M}\p{Nd} -]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return `“${cut(words, maxDeviceName).trim() || '?'}”`
}

function cut(text: string, length: number): string {
  return [...text].slice(0, length).join('')
}
