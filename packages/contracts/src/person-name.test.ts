// Names that can be shown to others, and names that hide something or pass for another.
import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { parseEmail } from './email.ts'
import { isPersonName, normaliseName } from './person-name.ts'

const zwnj = '\u200C'
const zwj = '\u200D'

it.each([
  'Asha Rao',
  'A',
  'M. S. Dhoni',
  'D’Souza',
  "O'Brien",
  'José Álvarez',
  'Nguyễn Thị Minh',
  'आशा राव',
  'ஆஷா ராவ்',
  'আশা রাও',
  'ಆಶಾ ರಾವ್',
  'ਆਸ਼ਾ ਰਾਓ',
  'آشا راؤ',
  'ꯃꯤꯇꯩ',
  'ᱥᱟᱱᱛᱟᱲᱤ',
  '王小明',
  '山田 タロウ',
  '김민수',
  'สมชาย น้ำใจ',
  'Иван Петров',
  'S/O रमेश',
  'रमेश (Ramesh)',
  '3M India',
  '3M',
  'Anand & Sons (P) Ltd.',
  'दुकान 24',
  'दुकान २४',
  // Joiners that belong to the spelling.
  `क्${zwj}ष`,
  `क्${zwnj}ष`,
  `श्री${zwnj}मान`,
  `അവന്${zwj}`,
  `র${zwj}্যাম`,
  `می${zwnj}خواهم`,
  `ශ්${zwj}රී`,
  // The same in Unicode's decomposed form.
  'José'.normalize('NFD'),
  'क़मर'.normalize('NFD'),
])('%j is a name', (name) => {
  expect(isPersonName(name)).toBe(true)
})

it.each([
  ['nothing', ' '],
  ['digits alone', '123'],
  ['punctuation alone', '...'],
  ['a mark at its beginning', '.Asha'],
  ['a script', '<script>'],
  ['an address', 'asha@bahi'],
  ['a break of line', 'Asha\u0000Rao'],
  ['a smile', 'Asha 😀'],
  ['a hundred letters', 'a'.repeat(100)],
  ['a lone vowel sign', 'ि'],
  ['a vowel sign that begins a word', 'आशा ि'],
  ['a vowel sign on a digit', '3ि आशा'],
  ['an accent alone', '\u0301'],
  ['sixty accents', `A${'\u0301\u0302'.repeat(30)}sha`],
  ['the same mark twice', 'आशा\u0902\u0902'],
  ['U+200B alone', '\u200B'],
  ['a joiner alone', zwj],
  ['U+3164 alone', '\u3164'],
  ['U+3164 within', 'Asha\u3164Rao'],
  ['U+2800 alone', '\u2800'],
  ['U+115F', '\u115F'],
  ['a soft hyphen', 'As\u00ADha'],
  ['marks of direction', '\u202EAsha'],
  ['isolates', '\u2066Asha\u2069'],
  ['a selector of variation', 'A\uFE0Fsha'],
  ['a joiner between Latin letters', `As${zwnj}ha`],
  ['two joiners', `क्${zwj}${zwnj}ष`],
  ['a joiner at the end of a word', `आशा${zwnj}`],
  ['a joiner between scripts', `क${zwj}a`],
  ['Cyrillic within Latin', 'Аsha'],
  ['Greek within Latin', 'Αsha'],
  ['Latin and a word of Cyrillic', 'Раураl Рау'],
  ['Latin beside Cyrillic', 'Asha Иван'],
  ['Devanagari and Latin in one word', 'रमeश'],
  ['three scripts', 'Asha आशा ஆஷா'],
  ['Cyrillic that looks like Latin', 'аѕһа'],
  ['Greek that looks like Latin', 'ΑΝΝΑ'],
  ['Armenian that looks like Latin', 'օսհ'],
  ['Latin letters of phonetics', 'ɑsha'],
  ['wide letters', 'Ａｓｈａ'],
  ['mathematical letters', '𝐀𝐬𝐡𝐚'],
  ['letters in circles', 'Ⓐsha'],
  ['a ligature', 'oﬃce'],
  ['numbers that are letters', 'Asha Ⅳ'],
  ['a fraction', 'Asha ½'],
  ['two kinds of digits', 'Asha 1१'],
])('%s is no name', (_, name) => {
  expect(isPersonName(name)).toBe(false)
})

test('a name is stored composed, with single blanks', () => {
  expect(normaliseName(`  Jose\u0301 \t\u00A0 Rao `)).toBe('José Rao')
})

test('what is a name is one after it was stored, and shows as many letters as it has', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (text) => {
      if (!isPersonName(text)) return
      const stored = normaliseName(text)
      expect([isPersonName(stored), normaliseName(stored)]).toEqual([true, stored])
      expect(stored).toMatch(/^[\p{L}\p{Nd}]/u)
    }),
    { numRuns: 20_000 },
  )
})

it.each([
  ['asha@bahi.example', 'asha@bahi.example'],
  [' Asha.Rao+upi@Bahi.Example ', 'Asha.Rao+upi@bahi.example'],
  ['mailto:asha@bahi.example', 'asha@bahi.example'],
  ['asha@उदाहरण.भारत', 'asha@xn--p1b6ci4b4b3a.xn--h2brj9c'],
  ['asha@bücher.example', 'asha@xn--bcher-kva.example'],
  ['asha@xn--bcher-kva.example', 'asha@xn--bcher-kva.example'],
  ['asha@例え。テスト', 'asha@xn--r8jz45g.xn--zckzah'],
  ...[
    ...[
      '',
      'asha',
      '@bahi.example',
      'asha@',
      'asha@localhost',
      'asha@127.0.0.1',
      'asha@[127.0.0.1]',
      'asha@1',
    ],
    ...[
      'asha rao@bahi.example',
      'आशा@bahi.example',
      'asha@bahi.example/x',
      'asha@bahi.example:80',
      'a@b@c d.example',
    ],
    ...[
      'asha@ba%68i.example',
      'asha@-bahi.example',
      'asha@bahi..example',
      '.asha@bahi.example',
      'asha@bahi.example.',
    ],
    ...[`${'a'.repeat(65)}@bahi.example`, `a@${'b'.repeat(64)}.example`, `a@${'b.'.repeat(125)}example`],
  ].map((text) => [text, undefined]),
])('the e-mail %j is %j', (typed, email) => {
  expect(parseEmail(typed as string)).toBe(email)
})
