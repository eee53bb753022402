// Names of people and shops, which others are shown before they pay: of any script that is written today, but nothing
// that hides in it and nothing that passes for another. After Unicode's UAX 31 (joiners in context) and UTS 39
// (restriction levels, marks).

export const maxNameLength = 99

/** In Unicode's composed form, with single blanks: as it is stored, and as `isPersonName` looks at it. */
export function normaliseName(typed: string): string {
  return typed.normalize('NFC').replaceAll(/\s+/gu, ' ').trim()
}

/** Whether a name can be shown to others. */
export function isPersonName(typed: string): boolean {
  const name = normaliseName(typed)
  if (name.length > maxNameLength || !allowed.test(name) || !/\p{L}/u.test(name)) return false
  const words = name.split(/[^\p{L}\p{M}\p{Nd}\u200C\u200D]+/u).filter((word) => word !== '')
  return words.every(isWord) && isOneWriting(words) && !hasTwoKindsOfDigits(name)
}

/** `S/O रमेश`, `3M India`, `Anand & Sons (P) Ltd.`: begins with a letter or a digit. */
const allowed = /^[\p{L}\p{Nd}][\p{L}\p{M}\p{Nd}\u200C\u200D .,'’()&/+·-]*$/u

/** Scripts in today's use (UAX 31, table 5), and two more of India's languages: Meetei Mayek and Ol Chiki. */
const scripts = [
  ...['Latn', 'Deva', 'Beng', 'Gujr', 'Guru', 'Knda', 'Mlym', 'Orya', 'Taml', 'Telu', 'Mtei', 'Olck', 'Arab'],
  ...['Sinh', 'Thaa', 'Tibt', 'Mymr', 'Khmr', 'Laoo', 'Thai', 'Ethi', 'Geor', 'Armn', 'Hebr', 'Grek', 'Cyrl'],
]
/** What is written together: Japanese, Korean, Chinese. */
const writings: [name: string, scripts: string[]][] = [
  ...scripts.map((script): [string, string[]] => [script, [script]]),
  ['Jpan', ['Hani', 'Hira', 'Kana']],
  ['Kore', ['Hani', 'Hang']],
  ['Hanb', ['Hani', 'Bopo']],
]
const wordOf = new Map(writings.map(([name, parts]) => [name, new RegExp(`^[${inSet(parts)}0-9]+$`, 'u')]))
function inSet(parts: string[]): string {
  return [...parts, 'Zinh'].map((part) => `\\p{scx=${part}}`).join('')
}

/** In which joiners change how letters are drawn, and so belong to the spelling. */
const joining = [
  'Arab',
  'Beng',
  'Deva',
  'Gujr',
  'Guru',
  'Knda',
  'Mlym',
  'Orya',
  'Sinh',
  'Taml',
  'Telu',
  'Tibt',
]
const joined = joining.map((script) => `\\p{scx=${script}}`).join('')
/** Signs that take the vowel from a letter; a joiner behind one may end a word, as in Malayalam's `അവന്‍`. */
const viramas = '\\u094D\\u09CD\\u0A4D\\u0ACD\\u0B4D\\u0BCD\\u0C4D\\u0CCD\\u0D4D\\u0DCA'
const joiner = new RegExp(
  `(?<=[${joined}])(?<=[\\p{L}\\p{M}])[\\u200C\\u200D](?=[\\p{L}\\p{M}])(?=[${joined}])|(?<=[${viramas}])\\u200D$`,
  'gu',
)

/** More marks on one letter than any spelling has. */
const tooManyMarks = /(?:\p{M}[\u200C\u200D]?){5}|(\p{Mn})\1/u
/** Letters of Latin that names have; beyond them are those of phonetics, which look like others. */
const latin = /^[A-Za-z\u00C0-\u01BF\u01C4-\u024F\u1E00-\u1EFF\p{M}\p{Nd}]+$/u

function isWord(word: string): boolean {
  if (/^\p{M}|\p{Nd}\p{M}/u.test(word) || tooManyMarks.test(word)) return false
  const plain = word.replaceAll(joiner, '')
  // Fillers, selectors, and joiners out of their place.
  if (/\p{Default_Ignorable_Code_Point}/u.test(plain)) return false
  // Letters that stand for others: wide, bold, in circles. Thai and Lao AM are themselves spelled so.
  const unfolded = plain.replaceAll(/[\u0E33\u0EB3]/g, '')
  if (unfolded.normalize('NFKC') !== unfolded.normalize('NFC')) return false
  return isWordOf(plain, 'Latn') ? latin.test(plain) : writings.some(([name]) => isWordOf(plain, name))
}

const isWordOf = (word: string, writing: string) => wordOf.get(writing)?.test(word) === true

/** UTS 39's "moderately restrictive": one writing, or Latin and one other that has no letters like those of Latin. */
function isOneWriting(all: string[]): boolean {
  const others = all.filter((word) => /\p{L}/u.test(word) && !isWordOf(word, 'Latn'))
  if (others.length === 0) return true
  if (others.every((word) => twins.test(word))) return false
  const isMixed = others.length < all.filter((word) => /\p{L}/u.test(word)).length
  return writings.some(
    ([name]) => !(isMixed && ['Grek', 'Cyrl'].includes(name)) && others.every((word) => isWordOf(word, name)),
  )
}

/** Letters of Cyrillic, Greek and Armenian that nobody can tell from Latin ones (UTS 39, whole-script confusables). */
const twins = new RegExp(
  '^[' +
    'аеорсухѕіјһԁԛԝӏьгАВЕЗКМНОРСТУХЅІЈҺԌԚԜӀЬ' +
    'αογνικρτυχωΑΒΕΖΗΙΚΜΝΟΡΤΥΧ' +
    'օսհոյցգզՍՕԼ' +
    '\\p{M}\\p{Nd}]+$',
  'u',
)

/** `1` and `১` in one name: what looks like one number is another. */
function hasTwoKindsOfDigits(name: string): boolean {
  return /[0-9]/.test(name) && /(?![0-9])\p{Nd}/u.test(name)
}
