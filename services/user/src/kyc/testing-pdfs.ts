// For tests: PDFs that mean harm, or that nobody can draw.
import { deflateSync } from 'node:zlib'
import { eicar } from './testing.ts'
import { mark, zerosDeflated, type Random } from './testing-bytes.ts'

type Part = string | Buffer
const joined = (...parts: Part[]) => Buffer.concat(parts.map((part) => Buffer.from(part)))
const stream = (dictionary: string, content: Part) =>
  joined(`<<${dictionary}/Length ${content.length}>>stream\n`, content, '\nendstream')

/** Objects from 1: the catalog, the tree of pages, then those named. */
function pdf(objects: Part[], { catalog = '', pages = '/Count 1/Kids[3 0 R]', trailer = '' } = {}): Buffer {
  const all: Part[] = [`<</Type/Catalog/Pages 2 0 R${catalog}>>`, `<</Type/Pages${pages}>>`, ...objects]
  let whole: Buffer = Buffer.from('%PDF-1.7\n')
  const places = all.map((object, at) => {
    const place = whole.length
    whole = joined(whole, `${at + 1} 0 obj\n`, object, '\nendobj\n')
    return `${String(place).padStart(10, '0')} 00000 n \n`
  })
  const size = all.length + 1
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${places.join('')}`
  const end = `trailer<</Root 1 0 R/Size ${size}${trailer}>>\nstartxref\n${whole.length}\n%%EOF\n`
  return joined(whole, table, end)
}

const page = (more = '', box = '0 0 300 200') => `<</Type/Page/Parent 2 0 R/MediaBox[${box}]${more}>>`
const drawn = (random: Random) => {
  const rectangles = Array.from({ length: 5 }, () => {
    const [x, y, red] = [random() * 200, random() * 100, random()].map((n) => n.toFixed(2))
    return `${red} 0.2 0.4 rg ${x} ${y} 80 60 re f`
  })
  return deflateSync(rectangles.join('\n'))
}
const withContent = (random: Random, options?: Parameters<typeof pdf>[1], ...more: Part[]) =>
  pdf([page('/Contents 4 0 R'), stream('/Filter/FlateDecode', drawn(random)), ...more], options)
const action = (text: string) => ({ catalog: `/OpenAction<<${text}>>/AA<</WC<<${text}>>>>` })

export const plainPdf = (random: Random) => withContent(random)

/** Drawn without what they run, open or hide. */
export const activePdfs = {
  'pdf that runs JavaScript': (random: Random) =>
    withContent(random, action(`/S/JavaScript/JS(app.alert\\("${mark}"\\);while\\(true\\);)`)),
  'pdf that launches a program': (random: Random) =>
    withContent(random, action(`/S/Launch/Win<</F(cmd.exe)/P(${mark})>>`)),
  'pdf that opens an address': (random: Random) =>
    withContent(random, action(`/S/URI/URI(https://${mark}.example/)`)),
  'pdf that submits a form': (random: Random) =>
    withContent(random, action(`/S/SubmitForm/F(https://${mark}.example/)/Flags 4`)),
  'pdf with a form in XML': (random: Random) =>
    withContent(random, { catalog: '/AcroForm<</Fields[]/XFA 5 0 R>>' }, stream('', xfa)),
  'pdf with a file in it': (random: Random) =>
    withContent(
      random,
      { catalog: '/Names<</EmbeddedFiles<</Names[(a.exe)<</Type/Filespec/F(a.exe)/EF<</F 5 0 R>>>>]>>>>' },
      stream('/Type/EmbeddedFile', `MZ${mark}`),
    ),
  'pdf with metadata': (random: Random) =>
    withContent(
      random,
      { catalog: '/Metadata 5 0 R', trailer: `/Info<</Author(${mark})/Title(${mark})>>` },
      stream('/Type/Metadata/Subtype/XML', `<x:xmpmeta>${mark}</x:xmpmeta>`),
    ),
  'pdf with a zip after it': (random: Random) => joined(withContent(random), `PK\x03\x04${mark}`),
  'pdf with a page of 10 km': (random: Random) =>
    pdf([page('/Contents 4 0 R', '0 0 30000000 20000000'), stream('/Filter/FlateDecode', drawn(random))]),
} satisfies Record<string, (random: Random) => Buffer>

const xfa = `<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><script>${mark}</script></xdp:xdp>`

/** A page that draws one form ten times, which draws another ten times, and so on. */
function laughs(random: Random): Buffer {
  const depth = 9 + Math.floor(random() * 4)
  const form = (at: number) => {
    const content = at < depth ? '/F Do\n'.repeat(10) : '0 0 1 1 re f'
    const next = at < depth ? `/Resources<</XObject<</F ${at + 6} 0 R>>>>` : ''
    return stream(`/Type/XObject/Subtype/Form/BBox[0 0 300 200]${next}`, content)
  }
  return pdf([
    page('/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>'),
    stream('', '/F Do'),
    ...Array.from({ length: depth + 1 }, (_, at) => form(at)),
  ])
}

/** Whether one of them can be drawn is for the library to say; nothing may come of trying. */
export const heavyPdfs = {
  'pdf whose text unpacks to gibibytes': (_: Random, mebibytes: number) =>
    pdf([page('/Contents 4 0 R'), stream('/Filter/FlateDecode', zerosDeflated(mebibytes))]),
  'pdf whose text unpacks twice': (_: Random, mebibytes: number) =>
    pdf([
      page('/Contents 4 0 R'),
      stream('/Filter[/FlateDecode/FlateDecode]', deflateSync(zerosDeflated(mebibytes))),
    ]),
  'pdf whose pages go round': () =>
    pdf([`<</Type/Pages/Parent 2 0 R/Count 5/Kids[2 0 R 3 0 R]>>`], { pages: '/Count 5/Kids[3 0 R 2 0 R]' }),
  'pdf of deep brackets': (random: Random) => {
    const depth = 10_000 + Math.floor(random() * 500_000)
    return pdf([page(`/Annots ${'['.repeat(depth)}${']'.repeat(depth)}`)])
  },
  'pdf that draws billions of squares': laughs,
  'pdf with a page like a thread': () => pdf([page('', '0 0 14400 0.5')]),
} satisfies Record<string, (random: Random, mebibytes: number) => Buffer>

/** It keeps the reader busy until that is ended. */
export const endlessPdfs = {
  'pdf with a picture of gibipixels': (random: Random, mebibytes: number) => {
    const side = 30_000 + Math.floor(random() * 10_000)
    const about = `/Subtype/Image/Width ${side}/Height ${side}/BitsPerComponent 8/ColorSpace/DeviceGray`
    return pdf([
      page('/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>'),
      stream('', '300 0 0 200 0 0 cm /I Do'),
      stream(`/Type/XObject${about}/Filter/FlateDecode`, zerosDeflated(mebibytes)),
    ])
  },
} satisfies Record<string, (random: Random, mebibytes: number) => Buffer>

export const unreadablePdfs = {
  'pdf with a password': (random: Random) => {
    const secret = Array.from({ length: 32 }, () => Math.floor(random() * 256))
    const hex = Buffer.from(secret).toString('hex')
    return withContent(random, {
      trailer: `/ID[<${hex.slice(32)}><${hex.slice(32)}>]/Encrypt<</Filter/Standard/V 1/R 2/O<${hex}>/U<${hex}>/P -4>>`,
    })
  },
  'pdf without a page': () => pdf([], { pages: '/Count 0/Kids[]' }),
  'pdf of noise': (random: Random) =>
    joined('%PDF-1.7\n', Buffer.from(Array.from({ length: 4_000 }, () => Math.floor(random() * 256)))),
} satisfies Record<string, (random: Random) => Buffer>

export const largePdfs = {
  'pdf of too many pages': (random: Random) => {
    const count = 11 + Math.floor(random() * 3_000)
    const kids = Array.from({ length: count }, (_, at) => `${at + 3} 0 R`).join(' ')
    return pdf(
      Array.from({ length: count }, () => page()),
      { pages: `/Count ${count}/Kids[${kids}]` },
    )
  },
} satisfies Record<string, (random: Random) => Buffer>

export const infectedPdf = (random: Random) =>
  withContent(
    random,
    { catalog: '/Names<</EmbeddedFiles<</Names[(a.com)<</Type/Filespec/F(a.com)/EF<</F 5 0 R>>>>]>>>>' },
    stream('/Type/EmbeddedFile', eicar),
  )
