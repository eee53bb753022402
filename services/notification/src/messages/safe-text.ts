// What strangers chose, made safe to stand in a message that people trust: no line breaks, no numbers to call, no
// links.

/** Names are chosen by strangers, so each value is cut to this length. */
const maxValueLength = 200

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

const deviceWords = new Set(
  `android app bahi brave browser chrome desktop edge firefox galaxy google honor huawei internet ios ipad iphone ipod
   laptop linux mac macbook macos max microsoft mini mobile moto motorola nokia note on oneplus opera oppo pad
   pc phone pixel plus poco pro realme redmi safari samsung tab tablet ubuntu ultra vivo web windows xiaomi
   फ़ोन मोबाइल लैपटॉप टैबलेट`
    .split(/\s+/)
    .map((word) => word.normalize('NFKC')),
)
const maxDeviceWords = 5

/**
 * What a device is, in quotation marks: only words by which makers, systems and browsers are known, and one version.
 * Whoever signs in chooses the name, and it goes by SMS to the person whose account it is: with any other words it
 * could be a message to them. Undefined: nothing is left.
 */
export function quotedDevice(name: string): string | undefined {
  const words = name.normalize('NFKC').split(/[^\p{L}\p{M}\p{Nd}]+/u)
  const isKnown = (word: string | undefined) => word !== undefined && deviceWords.has(word.toLowerCase())
  const known = words.filter(isKnown)
  const version = words.find((word, i) => /^[0-9]{1,2}$/.test(word) && isKnown(words[i - 1]))
  const shown = [...new Set(known)].slice(0, maxDeviceWords)
  return shown.length === 0 ? undefined : `“${[...shown, ...(version ? [version] : [])].join(' ')}”`
}

function cut(text: string, length: number): string {
  return [...text].slice(0, length).join('')
}
